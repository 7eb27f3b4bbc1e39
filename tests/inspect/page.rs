//! The page, as a file; `.ci/inspect-browser` opens it.

use gcycle::inspect::{HeapSnapshot, HtmlPage};
use gcycle::{Gc, Trace};
use serde_json::Value;

use crate::heaps::{Random, list, on_empty_heap, random_heap, ring};

fn page_of(snapshot: &HeapSnapshot, page: &HtmlPage<'_>) -> String {
    let mut html = Vec::new();
    snapshot.to_html(page, &mut html).unwrap();
    String::from_utf8(html).unwrap()
}

/// The heap that a page brings along.
fn heap_in(html: &str) -> Value {
    let start = html.split("<script type=\"application/json\" id=\"heap\">").nth(1).unwrap();
    serde_json::from_str(start.split("</script>").next().unwrap()).unwrap()
}

fn column(heap: &Value, name: &str) -> Vec<usize> {
    let numbers = heap[name].as_array().unwrap().iter();
    numbers.map(|number| usize::try_from(number.as_u64().unwrap()).unwrap()).collect()
}

#[test]
fn the_page_has_every_object_and_every_edge() {
    for seed in 1..=if cfg!(miri) { 2 } else { 30 } {
        on_empty_heap(move || {
            let _held = random_heap(&mut Random(seed * 0x9E37_79B1));
            let snapshot = HeapSnapshot::capture();
            let heap = heap_in(&page_of(&snapshot, &HtmlPage::new("heap")));
            let mut address = 0;
            let ids: Vec<usize> = column(&heap, "ids")
                .into_iter()
                .map(|distance| {
                    address += distance;
                    address
                })
                .collect();
            let expected: Vec<usize> = snapshot.objects().map(|object| object.id().0).collect();
            assert_eq!(ids, expected);
            let retained: Vec<usize> =
                snapshot.objects().map(gcycle::inspect::ObjectInfo::retained_size).collect();
            assert_eq!(column(&heap, "retained"), retained);
            let targets = column(&heap, "targets");
            let names = column(&heap, "names");
            let edges = snapshot.objects().flat_map(gcycle::inspect::ObjectInfo::referents);
            for ((edge, target), name) in edges.zip(targets).zip(names) {
                assert_eq!(edge.target().id().0, ids[target]);
                assert_eq!(heap["labels"][name], edge.label().to_string());
            }
            let dominators = column(&heap, "dominator");
            for (object, dominator) in snapshot.objects().zip(dominators) {
                let expected = object.dominator().map(|dominator| dominator.id().0);
                assert_eq!(dominator.checked_sub(1).map(|place| ids[place]), expected);
            }
            let total: usize = column(&heap, "edges").into_iter().sum();
            assert_eq!(total, snapshot.edge_count());
        });
    }
}

#[test]
fn no_text_can_break_out_of_the_page() {
    #[derive(Trace)]
    #[trace(name = "</script><script>alert(1)</script><!--")]
    struct Nasty {
        #[trace(name = "</script>")]
        field: Gc<u8>,
    }
    on_empty_heap(|| {
        let nasty = Gc::new(Nasty { field: Gc::new(1) });
        let html =
            page_of(&HeapSnapshot::capture(), &HtmlPage::new("</title><b>\"quoted\" & bold"));
        assert_eq!(html.matches("<script").count(), 2, "the data and the program");
        assert_eq!(html.matches("</script").count(), 2);
        assert!(!html.contains("<b>") && html.contains("&lt;b>&quot;quoted&quot; &amp; bold"));
        let heap = heap_in(&html);
        let types = heap["types"].as_array().unwrap();
        assert!(types.contains(&"</script><script>alert(1)</script><!--".into()));
        drop(nasty.field.clone());
    });
}

#[test]
fn the_page_loads_nothing() {
    on_empty_heap(|| {
        let html = page_of(&HeapSnapshot::capture(), &HtmlPage::new("empty"));
        assert!(html.starts_with("<!doctype html>"));
        for loaded in ["http:", "https:", "src=", "@import", "url(", "fetch(", "import("] {
            assert!(!html.contains(loaded), "{loaded}");
        }
        assert!(html.contains("default-src 'none'"));
        assert!(!html.contains("{{"), "every place was filled");
    });
}

#[test]
fn growth_is_in_the_page_if_it_is_asked_for() {
    on_empty_heap(|| {
        let _old = ring(3);
        let before = HeapSnapshot::capture();
        let _new = list(4);
        let after = HeapSnapshot::capture();
        assert!(heap_in(&page_of(&after, &HtmlPage::new("alone"))).get("before").is_none());
        let heap = heap_in(&page_of(&after, &HtmlPage::new("both").compared_with(&before)));
        assert_eq!(heap["newCount"], 4);
        assert_eq!(heap["new"].as_array().unwrap().len(), 4);
        assert_eq!(heap["before"][0][1], 3);
    });
}

#[test]
fn what_stands_behind_the_totals_is_in_the_page() {
    on_empty_heap(|| {
        let _pause = gcycle::gc::pause();
        let frozen = ring(2);
        gcycle::gc::freeze();
        let (live, garbage) = (ring(3), ring(4));
        drop((frozen, garbage));
        let heap = heap_in(&page_of(&HeapSnapshot::capture(), &HtmlPage::new("lists")));
        let numbers = ["roots", "cycles", "garbage", "frozen"].map(|name| heap[name].as_u64());
        assert_eq!(numbers, [1, 3, 6, 2].map(Some));
        let cycles = heap["cycleList"].as_array().unwrap();
        let sizes: Vec<_> = cycles.iter().map(|cycle| (&cycle[0], &cycle[1])).collect();
        assert_eq!(sizes, [(&1.into(), &4.into()), (&0.into(), &3.into()), (&1.into(), &2.into())]);
        assert!(cycles.iter().all(|cycle| cycle[1] == cycle[3].as_array().unwrap().len()));
        let waits = heap["waits"].as_array().unwrap();
        let counts: Vec<_> = waits.iter().map(|wait| wait[1].as_u64().unwrap()).collect();
        assert_eq!(counts, [4, 0, 0, 2, 0]);
        assert_eq!(heap["waiting"].as_array().unwrap().len(), 6);
        assert!(heap["schedule"].as_str().unwrap().contains("gc::pause"));
        drop(live);
    });
}

#[test]
fn of_a_larger_heap_the_page_shows_what_retains_the_most() {
    if cfg!(miri) {
        return;
    }
    on_empty_heap(|| {
        let small: Vec<Gc<()>> = (0..120_000_u32).map(|_| Gc::new(())).collect();
        let long = list(500);
        let snapshot = HeapSnapshot::capture();
        let heap = heap_in(&page_of(&snapshot, &HtmlPage::new("large")));
        assert_eq!(heap["count"], 120_500);
        assert_eq!(column(&heap, "kind").len(), 100_000);
        assert_eq!(
            column(&heap, "retained").into_iter().max(),
            Some(snapshot.retained_size(&long))
        );
        assert_eq!(column(&heap, "edges").into_iter().sum::<usize>(), 499, "the list is whole");
        drop(small);
    });
}

#[test]
#[cfg_attr(miri, ignore = "makes a large heap")]
#[cfg_attr(gc_zeal, ignore = "makes a large heap")]
fn a_page_that_leaves_objects_out_shows_some_of_each_type() {
    on_empty_heap(|| {
        let _pause = gcycle::gc::pause();
        let large: Vec<_> = (0..100_001_u64).map(|number| Gc::new([number; 8])).collect();
        let small: Vec<_> = (0..300).map(|_| Gc::new(1_u8)).collect();
        let _held = Gc::new((large, small));
        let heap = heap_in(&page_of(&HeapSnapshot::capture(), &HtmlPage::new("heap")));
        let is_small = |kind: &&usize| {
            let of_type = heap["kinds"][**kind][0].as_u64().unwrap();
            heap["types"][usize::try_from(of_type).unwrap()] == "u8"
        };
        let kinds = column(&heap, "kind");
        assert_eq!((kinds.len(), kinds.iter().filter(is_small).count()), (100_000, 200));
        assert_eq!(column(&heap, "external").iter().filter(|&&count| count > 0).count(), 1);
    });
}
