//! The texts of objects: what they say, what the code that writes them may do, and how they are
//! shown.

use std::cell::{Cell, RefCell};
use std::fmt;

use gcycle::inspect::{Drawing, HeapSnapshot, HtmlPage};
use gcycle::{Gc, Trace, gc};
use serde_json::Value;

use crate::heaps::on_empty_heap;

/// Says what it is told to, and does what it is told to before.
#[derive(Trace)]
#[trace(describe = Talker::speak)]
struct Talker {
    #[trace(skip)]
    act: fn(&Talker, &mut fmt::Formatter<'_>) -> fmt::Result,
    other: RefCell<Option<Gc<Talker>>>,
}

impl Talker {
    fn new(act: fn(&Talker, &mut fmt::Formatter<'_>) -> fmt::Result) -> Gc<Talker> {
        Gc::new(Talker { act, other: RefCell::default() })
    }

    fn speak(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.act)(self, f)
    }
}

/// The text of an object of a snapshot that is taken now.
fn text_of<T: ?Sized>(of: &Gc<T>) -> Option<String> {
    HeapSnapshot::capture_with_texts().get(of).unwrap().text().map(String::from)
}

/// Its text in a snapshot that takes none.
fn text_without<T: ?Sized>(of: &Gc<T>) -> Option<String> {
    HeapSnapshot::capture().get(of).unwrap().text().map(String::from)
}

#[test]
fn plain_values_have_their_display_as_text_and_others_have_none() {
    on_empty_heap(|| {
        assert_eq!(text_of(&Gc::<str>::from("short")).as_deref(), Some("short"));
        assert_eq!(text_of(&Gc::<str>::from("")).as_deref(), Some(""));
        assert_eq!(text_of(&Gc::new(String::from("é"))).as_deref(), Some("é"));
        assert_eq!(text_of(&Gc::new(-5)).as_deref(), Some("-5"));
        assert_eq!(text_of(&Gc::new(1.5_f32)).as_deref(), Some("1.5"));
        assert_eq!(text_of(&Gc::new(u128::MAX)).unwrap(), u128::MAX.to_string());
        assert_eq!(text_of(&Gc::new(true)).as_deref(), Some("true"));
        assert_eq!(text_of(&Gc::new('x')).as_deref(), Some("x"));
        assert_eq!(text_of(&Gc::new(())), None);
        assert_eq!(text_of(&Gc::new(vec![1])), None);
        assert_eq!(text_of(&Gc::<[u8]>::from(vec![1])), None);
        assert_eq!(text_without(&Gc::new(5)), None);
    });
}

#[test]
fn a_snapshot_without_texts_and_a_collection_run_no_code_that_writes_them() {
    on_empty_heap(|| {
        let talker = Talker::new(|_, _| panic!("nobody asked"));
        gc::collect();
        let snapshot = HeapSnapshot::capture();
        assert_eq!(snapshot.get(&talker).unwrap().text(), None);
        assert!(
            snapshot
                .get(&talker)
                .unwrap()
                .to_string()
                .ends_with(&format!(" {:#x}>", gc::id(&talker)))
        );
    });
}

#[test]
fn each_object_has_its_own_text_wherever_it_stands_among_others() {
    on_empty_heap(|| {
        let numbers: Vec<Gc<u32>> = (0..100).map(Gc::new).collect();
        let _between: Vec<Gc<Vec<u32>>> = (0..100).map(|number| Gc::new(vec![number])).collect();
        let names: Vec<Gc<str>> = (0..50).map(|number| Gc::from(format!("n{number}"))).collect();
        let snapshot = HeapSnapshot::capture_with_texts();
        for number in &numbers {
            assert_eq!(snapshot.get(number).unwrap().text(), Some(&*number.to_string()));
        }
        for name in &names {
            assert_eq!(snapshot.get(name).unwrap().text(), Some(&**name));
        }
        assert_eq!(snapshot.objects().filter(|object| object.text().is_some()).count(), 150);
    });
}

#[test]
fn a_trait_object_that_was_a_value_has_the_text_of_its_type() {
    trait Shape: Trace {}
    #[derive(Trace)]
    #[trace(describe)]
    struct Circle;
    impl fmt::Display for Circle {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("round")
        }
    }
    impl Shape for Circle {}
    on_empty_heap(|| {
        let circle: Gc<Circle> = Gc::new(Circle);
        assert_eq!(text_of(&circle).as_deref(), Some("round"));
        let boxed: Box<dyn Shape> = Box::new(Circle);
        assert_eq!(text_of(&Gc::from_box(boxed)), None, "its type is not known");
    });
}

#[test]
fn a_long_text_is_cut_to_a_hundred_characters_between_two_of_them() {
    on_empty_heap(|| {
        for letter in ["x", "é", "\u{1F600}"] {
            let exact = Gc::<str>::from(letter.repeat(100));
            assert_eq!(text_of(&exact).unwrap(), letter.repeat(100));
            let longer = Gc::<str>::from(letter.repeat(101));
            assert_eq!(text_of(&longer).unwrap(), letter.repeat(99) + "…");
        }
        let huge = Gc::new("\u{1F600}".repeat(if cfg!(miri) { 200 } else { 10_000_000 }));
        assert_eq!(text_of(&huge).unwrap().chars().count(), 100);
    });
}

#[test]
fn code_that_writes_without_end_is_stopped() {
    on_empty_heap(|| {
        let talker = Talker::new(|_, f| {
            loop {
                f.write_str("again ")?;
            }
        });
        let text = text_of(&talker).unwrap();
        assert!(text.chars().count() == 100 && text.ends_with('…'), "{text}");

        // A ring prints itself for ever.
        let ring = Talker::new(|talker, f| {
            f.write_str("(")?;
            let next = talker.other.borrow();
            next.as_ref().unwrap().speak(f)?;
            f.write_str(")")
        });
        *ring.other.borrow_mut() = Some(ring.clone());
        assert_eq!(text_of(&ring).unwrap(), "(".repeat(99) + "…");
    });
}

#[test]
fn code_that_goes_on_after_the_end_adds_nothing() {
    on_empty_heap(|| {
        let talker = Talker::new(|_, f| {
            let _ = (0..200).map(|_| f.write_str("ab")).filter(Result::is_err).count();
            Ok(())
        });
        assert_eq!(text_of(&talker).unwrap(), "ab".repeat(49) + "a…");
    });
}

#[test]
fn an_error_of_the_code_leaves_what_it_wrote() {
    on_empty_heap(|| {
        let talker = Talker::new(|_, f| {
            f.write_str("half")?;
            Err(fmt::Error)
        });
        assert_eq!(text_of(&talker).as_deref(), Some("half"));
    });
}

#[test]
fn a_panic_takes_only_the_text_of_its_object() {
    on_empty_heap(|| {
        let loud = Talker::new(|_, f| {
            f.write_str("half")?;
            panic!("expected by the test")
        });
        let five = Gc::new(5);
        let snapshot = HeapSnapshot::capture_with_texts();
        assert_eq!(snapshot.get(&loud).unwrap().text(), Some("(panicked)"));
        assert_eq!(snapshot.get(&five).unwrap().text(), Some("5"));
    });
}

#[test]
fn a_payload_that_panics_when_it_is_dropped_ends_there() {
    struct Payload;
    impl Drop for Payload {
        fn drop(&mut self) {
            panic!("expected by the test, from the payload");
        }
    }
    on_empty_heap(|| {
        let loud = Talker::new(|_, _| std::panic::panic_any(Payload));
        assert_eq!(text_of(&loud).as_deref(), Some("(panicked)"));
    });
}

#[test]
fn a_cell_that_is_borrowed_spoils_one_text() {
    on_empty_heap(|| {
        let talker = Talker::new(|talker, f| write!(f, "{}", talker.other.borrow().is_some()));
        assert_eq!(text_of(&talker).as_deref(), Some("false"));
        let _borrowed = talker.other.borrow_mut();
        assert_eq!(text_of(&talker).as_deref(), Some("(panicked)"));
    });
}

#[test]
fn code_that_writes_texts_may_allocate_and_collect() {
    on_empty_heap(|| {
        // So that nothing but the code itself collects.
        gc::disable();
        let talker = Talker::new(|_, f| {
            for _ in 0..100 {
                let ring = Talker::new(|_, _| Ok(()));
                *ring.other.borrow_mut() = Some(ring.clone());
            }
            write!(f, "{}", gc::collect())
        });
        let garbage = Talker::new(|_, f| f.write_str("garbage"));
        *garbage.other.borrow_mut() = Some(garbage.clone());
        let id = gcycle::inspect::ObjectId::from(&garbage);
        drop(garbage);
        let snapshot = HeapSnapshot::capture_with_texts();
        assert_eq!(snapshot.len(), 2, "what is made meanwhile does not appear");
        assert_eq!(snapshot.get(&talker).unwrap().text(), Some("100"));
        assert_eq!(snapshot.get(id).unwrap().text(), Some("garbage"), "it is held meanwhile");
        assert_eq!(gc::collect(), 1, "and no longer");
    });
}

thread_local! {
    static KEPT: RefCell<Vec<Gc<Talker>>> = const { RefCell::new(Vec::new()) };
    static TALKED: Cell<usize> = const { Cell::new(0) };
}

#[test]
fn code_that_writes_texts_may_drop_the_last_handle_to_its_own_object() {
    on_empty_heap(|| {
        let talk = |_: &Talker, f: &mut fmt::Formatter<'_>| {
            KEPT.with_borrow_mut(Vec::clear);
            TALKED.set(TALKED.get() + 1);
            f.write_str("still here")
        };
        KEPT.with_borrow_mut(|kept| kept.extend([Talker::new(talk), Talker::new(talk)]));
        let snapshot = HeapSnapshot::capture_with_texts();
        assert_eq!(TALKED.get(), 2);
        assert!(snapshot.objects().all(|object| object.text() == Some("still here")));
        assert_eq!(gc::memory().objects, 0, "they died when the snapshot was taken");
    });
}

#[test]
fn code_that_writes_texts_gets_no_exclusive_access_to_what_is_described() {
    on_empty_heap(|| {
        let talk = |_: &Talker, f: &mut fmt::Formatter<'_>| {
            let is_exclusive =
                KEPT.with_borrow_mut(|kept| kept.iter_mut().any(|gc| Gc::get_mut(gc).is_some()));
            write!(f, "{is_exclusive}")
        };
        KEPT.with_borrow_mut(|kept| kept.extend([Talker::new(talk), Talker::new(talk)]));
        let snapshot = HeapSnapshot::capture_with_texts();
        assert!(snapshot.objects().all(|object| object.text() == Some("false")));
        let mut kept = KEPT.take();
        assert!(Gc::get_mut(&mut kept[0]).is_some());
    });
}

#[test]
fn an_object_in_exclusive_use_has_no_text() {
    on_empty_heap(|| {
        let mut talker = Talker::new(|_, _| panic!("it must not be looked at"));
        let id = gcycle::inspect::ObjectId::from(&talker);
        let guard = Gc::get_mut(&mut talker).unwrap();
        let snapshot = HeapSnapshot::capture_with_texts();
        assert_eq!(snapshot.get(id).unwrap().text(), None);
        drop(guard);
    });
}

#[test]
fn code_that_writes_texts_may_take_a_snapshot_which_has_none() {
    on_empty_heap(|| {
        let talker = Talker::new(|_, f| {
            // It may take several: the first must not make room for the second.
            let inner = [(); 3].map(|()| HeapSnapshot::capture_with_texts());
            let objects = inner.iter().flat_map(HeapSnapshot::objects);
            write!(f, "{} with texts", objects.filter(|inner| inner.text().is_some()).count())
        });
        let _number = Gc::new(5);
        for _ in 0..2 {
            assert_eq!(text_of(&talker).as_deref(), Some("0 with texts"));
        }
    });
}

#[test]
fn a_trace_that_takes_a_snapshot_gets_no_texts() {
    struct Curious(Cell<bool>);
    // SAFETY: there is nothing to report.
    unsafe impl Trace for Curious {
        fn trace(&self, _: &mut gcycle::Tracer<'_>) {
            if !self.0.replace(true) {
                let inner = HeapSnapshot::capture_with_texts();
                assert!(inner.objects().all(|object| object.text().is_none()));
                TALKED.set(TALKED.get() + 1);
            }
        }
    }
    impl Drop for Curious {
        fn drop(&mut self) {}
    }
    on_empty_heap(|| {
        let _curious = Gc::new(Curious(Cell::new(false)));
        let five = Gc::new(5);
        assert_eq!(text_of(&five).as_deref(), Some("5"));
        assert_eq!(TALKED.get(), 1);
    });
}

/// What may come from a network, and what it looks like in quotes.
pub(crate) const HOSTILE: [&str; 13] = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\"quoted\" 'both' \\ways\\",
    "two\nlines\r\n\ttab",
    "]]>&lt;&amp;&#10;",
    "\u{2028}\u{2029}\u{FEFF}",
    "\u{202E}abc\u{2066}def",
    "NUL\0 and \u{7F}",
    "\u{1B}[31mred\u{1B}[0m",
    "\u{9B}31m",
    "{{heap}} {{title}}",
    "\\N \\G \\l",
    "e\u{301}\u{200D}\u{1F600}",
];

/// Whether something in a text would change what is around it.
pub(crate) fn is_harmless(text: &str) -> bool {
    let is_bad = |letter: char| {
        letter.is_control() && letter != '\n'
            || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    !text.contains(is_bad)
}

/// A heap with an object of each hostile text, in a list.
fn hostile_heap() -> Gc<Vec<Gc<str>>> {
    Gc::new(HOSTILE.map(Gc::from).into())
}

#[test]
fn hostile_texts_are_given_as_they_are_and_shown_escaped() {
    on_empty_heap(|| {
        let heap = hostile_heap();
        let snapshot = HeapSnapshot::capture_with_texts();
        for (name, text) in heap.iter().zip(HOSTILE) {
            let object = snapshot.get(name).unwrap();
            assert_eq!(object.text(), Some(text));
            let path = snapshot.path_to_root(name).unwrap();
            let edge = snapshot.referrers(name).next().unwrap();
            for shown in
                [object.to_string(), format!("{object:?}"), path.to_string(), format!("{edge:?}")]
            {
                assert!(is_harmless(&shown), "{shown}");
                assert!(shown.contains(&format!("{text:?}")), "{shown}");
            }
            assert_eq!(path.to_string().lines().count(), 4, "a head, and one for each object");
        }
    });
}

#[test]
fn hostile_texts_survive_the_page() {
    on_empty_heap(|| {
        let _heap = hostile_heap();
        let snapshot = HeapSnapshot::capture_with_texts();
        let mut page = Vec::new();
        snapshot.to_html(&HtmlPage::new("heap"), &mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert!(is_harmless(&page.replace('\n', "")));
        assert_eq!(page.matches("</script>").count(), 2);
        let heap = page.split("id=\"heap\">").nth(1).unwrap().split("</script>").next().unwrap();
        assert!(!heap.contains('<'));
        let heap: Value = serde_json::from_str(heap).unwrap();
        let texts = heap["texts"].as_array().unwrap();
        assert_eq!(texts.len(), HOSTILE.len());
        for (entry, object) in
            texts.iter().zip(snapshot.objects().filter(|object| object.text().is_some()))
        {
            let quoted = format!("\"{}\"", entry[1].as_str().unwrap());
            assert_eq!(quoted, format!("{:?}", object.text().unwrap()));
            let place = usize::try_from(entry[0].as_u64().unwrap()).unwrap();
            assert_eq!(snapshot.objects().nth(place), Some(object));
        }
    });
}

#[test]
fn hostile_texts_survive_the_devtools_file() {
    on_empty_heap(|| {
        let _heap = hostile_heap();
        let snapshot = HeapSnapshot::capture_with_texts();
        let mut file = Vec::new();
        snapshot.to_heapsnapshot(&mut file).unwrap();
        let file: Value = serde_json::from_slice(&file).unwrap();
        let numbers = |key: &str| -> Vec<usize> {
            let numbers = file[key].as_array().unwrap().iter();
            numbers.map(|number| usize::try_from(number.as_u64().unwrap()).unwrap()).collect()
        };
        let (nodes, edges) = (numbers("nodes"), numbers("edges"));
        assert_eq!(file["snapshot"]["node_count"], nodes.len() / 7);
        assert_eq!(file["snapshot"]["edge_count"], edges.len() / 3);
        let degrees: usize = nodes.chunks(7).map(|node| node[4]).sum();
        assert_eq!(degrees, edges.len() / 3);
        let ids: std::collections::BTreeSet<usize> = nodes.chunks(7).map(|node| node[2]).collect();
        assert_eq!(ids.len(), nodes.len() / 7, "each node has a number of its own");

        // The last edge of each text leads to a string of its own.
        let string = |index: usize| file["strings"][index].as_str().unwrap();
        let mut rest = edges.chunks(3);
        let mut found = Vec::new();
        for node in nodes.chunks(7) {
            let edges: Vec<&[usize]> = rest.by_ref().take(node[4]).collect();
            if node[0] == 3 && string(node[1]) == "str" {
                let edge = edges.last().unwrap();
                assert_eq!(string(edge[1]), "(text)");
                let target = &nodes[edge[2]..edge[2] + 7];
                assert_eq!((target[0], target[3], target[4]), (2, 0, 0));
                found.push(format!("\"{}\"", string(target[1])));
            }
        }
        let expected =
            snapshot.objects().filter_map(|object| Some(format!("{:?}", object.text()?)));
        assert_eq!(found, expected.collect::<Vec<_>>());
    });
}

#[test]
fn hostile_texts_survive_pictures() {
    on_empty_heap(|| {
        let _heap = hostile_heap();
        let snapshot = HeapSnapshot::capture_with_texts();
        let svg = snapshot.to_svg(&Drawing::new());
        assert!(is_harmless(&svg));
        assert!(!svg.contains("<script") && !svg.contains("]]>"));
        // All that begins in `<` is of the picture.
        let tags: Vec<&str> =
            svg.split('<').skip(1).map(|tag| tag.split([' ', '>']).next().unwrap()).collect();
        let known = ["svg", "style", "defs", "marker", "path", "rect", "text", "g", "title"];
        assert!(tags.iter().all(|tag| known.contains(&tag.trim_start_matches('/'))), "{tags:?}");

        let dot = snapshot.to_dot(&Drawing::new());
        assert!(is_harmless(&dot));
        let nodes = dot.lines().filter(|line| line.starts_with("  n") && line.contains("tooltip="));
        let nodes: Vec<&str> = nodes.filter(|line| !line.contains(" -> n")).collect();
        assert_eq!(nodes.len(), HOSTILE.len() + 1, "each is one line");
        for (line, text) in nodes
            .iter()
            .map(|line| label_in_dot(line))
            .zip(snapshot.objects().map(|object| object.text().map(|text| format!("{text:?}"))))
        {
            assert!(text.is_none_or(|text| line.contains(&text)), "{line}");
        }
    });
}

/// The label of a node, as Graphviz reads it.
fn label_in_dot(line: &str) -> String {
    let mut letters = line.split_once("label=\"").unwrap().1.chars();
    let mut label = String::new();
    loop {
        match letters.next().unwrap() {
            '"' => break,
            '\\' => match letters.next().unwrap() {
                'n' => label.push('\n'),
                letter @ ('"' | '\\') => label.push(letter),
                other => panic!("an escape of Graphviz: {other}"),
            },
            letter => label.push(letter),
        }
    }
    label.replace("&amp;", "&")
}
