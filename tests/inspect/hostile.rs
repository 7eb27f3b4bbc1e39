//! Names of types and fields may hold anything, as they stand in the source code: nothing that
//! is shown or written changes what is around it.

use std::cell::RefCell;

use gcycle::inspect::{Drawing, HeapSnapshot, HtmlPage, Interval, Recorder};
use gcycle::{Gc, LabelTracer, Trace, Tracer, gc};
use serde_json::Value;

use crate::heaps::on_empty_heap;
use crate::texts::is_harmless;

/// Its fields are named by hand, where control characters are possible, too.
#[derive(Default, Trace)]
#[trace(name = "app::\u{202E}Node</script>\u{2028}")]
struct Node {
    fields: Fields,
    #[trace(name = "\u{2067}\u{2029}\"\\N<title>\u{FEFF}")]
    others: RefCell<Vec<Gc<Node>>>,
}

#[derive(Default)]
struct Fields {
    next: RefCell<Option<Gc<Node>>>,
    last: RefCell<Option<Gc<Node>>>,
}

// SAFETY: each handle is reported once, in the same order by both.
unsafe impl Trace for Fields {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.next.trace(tracer);
        self.last.trace(tracer);
    }

    fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
        self.next.trace_labelled(&mut tracer.field("next\u{202E}\u{1B}[2J\n]]>"));
        self.last.trace_labelled(&mut tracer.field("\0\r\u{85}\u{200F}"));
    }
}

/// A cycle of two that holds another object.
fn hostile_heap() -> Gc<Node> {
    let (first, second) = (Gc::new(Node::default()), Gc::new(Node::default()));
    *first.fields.next.borrow_mut() = Some(second.clone());
    second.others.borrow_mut().extend([first.clone(), first.clone()]);
    *second.fields.last.borrow_mut() = Some(Gc::new(Node::default()));
    first
}

/// All texts in a value.
fn texts_of<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(values) => values.iter().for_each(|value| texts_of(value, texts)),
        Value::Object(values) => values.values().for_each(|value| texts_of(value, texts)),
        _ => {}
    }
}

fn assert_harmless_json(text: &str) -> Value {
    let value: Value = serde_json::from_str(text).unwrap();
    let mut texts = Vec::new();
    texts_of(&value, &mut texts);
    for text in &texts {
        assert!(is_harmless(text) && !text.contains('\n'), "{text:?}");
    }
    assert!(texts.iter().any(|text| text.contains("\\u{202e}Node</script>\\u{2028}")), "{texts:?}");
    value
}

#[test]
fn what_is_printed_is_harmless() {
    on_empty_heap(|| {
        let before = HeapSnapshot::capture();
        let first = hostile_heap();
        let snapshot = HeapSnapshot::capture();
        let last =
            first.fields.next.borrow().as_ref().unwrap().fields.last.borrow().clone().unwrap();
        let object = snapshot.get(&first).unwrap();
        let path = snapshot.path_to_root(&last).unwrap();
        let mut shown = vec![
            object.to_string(),
            format!("{object:?}"),
            path.to_string(),
            snapshot.census().to_string(),
            snapshot.diff(&before).to_string(),
            snapshot.holders([&last]).to_string(),
            snapshot.garbage().to_string(),
        ];
        shown.extend(snapshot.cycles().iter().map(ToString::to_string));
        for object in snapshot.objects() {
            for edge in object.referents() {
                assert!(!edge.label().to_string().contains('\n'));
                shown.extend([edge.label().to_string(), format!("{edge:?}")]);
            }
        }
        for shown in &shown {
            assert!(is_harmless(shown), "{shown:?}");
        }
        assert_eq!(path.to_string().lines().count(), 2 + 3, "each object is one line");
        assert!(path.to_string().contains(".next\\u{202e}\\u{1b}[2J\\n]]>"), "{path}");
        first.fields.next.borrow_mut().take();
    });
}

#[test]
fn pictures_are_harmless_and_as_large_as_what_is_shown() {
    on_empty_heap(|| {
        let first = hostile_heap();
        let snapshot = HeapSnapshot::capture();
        for (drawing, boxes) in [(Drawing::new(), 3), (Drawing::new().by_type(), 1)] {
            let (svg, dot) = (snapshot.to_svg(&drawing), snapshot.to_dot(&drawing));
            for picture in [&svg, &dot] {
                assert!(is_harmless(picture), "{picture}");
                assert!(picture.contains("\\u{202e}Node"), "{picture}");
            }
            assert!(!svg.contains("</script>") && !svg.contains("]]>"));
            let nodes = dot.lines().filter(|line| line.contains("tooltip="));
            assert_eq!(nodes.count(), boxes);
        }
        first.fields.next.borrow_mut().take();
    });
}

#[test]
fn files_are_harmless_also_when_they_were_read() {
    on_empty_heap(|| {
        let recorder = Recorder::start(Interval::Collections(1));
        let before = HeapSnapshot::capture();
        let first = hostile_heap();
        gc::collect();
        let (snapshot, recording) = (HeapSnapshot::capture(), recorder.recording());
        let mut page = Vec::new();
        let settings = HtmlPage::new("\u{202E}title\u{1B}\n</title>")
            .compared_with(&before)
            .with_recording(&recording);
        snapshot.to_html(&settings, &mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert!(is_harmless(&page) && page.matches("</script").count() == 2);
        assert!(page.contains("<title>\\u{202e}title\\u{1b}\\n&lt;/title>"));
        let heap = page.split("id=\"heap\">").nth(1).unwrap().split("</script>").next().unwrap();
        let heap = assert_harmless_json(heap);
        // The page looks types up by their names.
        assert_eq!(heap["types"][0], heap["census"][0][0]);
        assert_eq!(heap["types"][0], heap["shortNames"][0][0]);
        assert_eq!(heap["types"][0], heap["timeline"]["types"][0]);

        let mut file = Vec::new();
        snapshot.to_heapsnapshot(&mut file).unwrap();
        assert_harmless_json(&String::from_utf8(file).unwrap());
        first.fields.next.borrow_mut().take();
    });
}
