//! Files for people and for other tools.

use std::collections::{BTreeMap, BTreeSet};

use gcycle::inspect::{Drawing, HeapSnapshot};
use gcycle::{Gc, Trace};
use serde_json::Value;

use crate::heaps::{Random, list, on_empty_heap, random_heap, ring, vertex};

#[test]
fn the_devtools_file_has_its_keys_in_the_order_that_the_loader_needs() {
    on_empty_heap(|| {
        let _held = list(3);
        let file = devtools_file(&HeapSnapshot::capture());
        let keys = [
            "{\"snapshot\":{\"meta\":",
            "\"nodes\":[",
            "\"edges\":[",
            "\"trace_function_infos\":[",
            "\"trace_tree\":[",
            "\"samples\":[]",
            "\"locations\":[]",
            "\"strings\":[",
        ];
        let places: Vec<usize> = keys.iter().map(|key| file.find(key).unwrap()).collect();
        assert!(places.is_sorted());
    });
}

fn devtools_file(snapshot: &HeapSnapshot) -> String {
    let mut file = Vec::new();
    snapshot.to_heapsnapshot(&mut file).unwrap();
    String::from_utf8(file).unwrap()
}

fn numbers(file: &Value, key: &str) -> Vec<usize> {
    let numbers = file[key].as_array().unwrap().iter();
    numbers.map(|number| usize::try_from(number.as_u64().unwrap()).unwrap()).collect()
}

/// Reads a file as the loader does and compares it with the snapshot.
fn check_devtools_file(snapshot: &HeapSnapshot) {
    let file: Value = serde_json::from_str(&devtools_file(snapshot)).unwrap();
    let (nodes, edges) = (numbers(&file, "nodes"), numbers(&file, "edges"));
    let strings = file["strings"].as_array().unwrap();
    let head = &file["snapshot"];
    assert_eq!(head["node_count"], nodes.len() / 7);
    assert_eq!(head["edge_count"], edges.len() / 3);
    let nodes: Vec<&[usize]> = nodes.chunks(7).collect();
    assert_eq!(nodes.iter().map(|node| node[4]).sum::<usize>(), edges.len() / 3);
    assert_eq!(
        nodes.iter().map(|node| node[3]).sum::<usize>(),
        snapshot.bytes() + snapshot.owned()
    );
    let ids: BTreeSet<usize> = nodes.iter().map(|node| node[2]).collect();
    assert_eq!(ids.len(), nodes.len(), "numbers are unique");
    assert!(ids.iter().all(|id| id % 2 == 1 && u32::try_from(*id).is_ok()));
    // Everything is reachable from the first node.
    let mut rest = edges.chunks(3);
    let targets: Vec<Vec<usize>> = nodes
        .iter()
        .map(|node| {
            rest.by_ref()
                .take(node[4])
                .map(|edge| {
                    assert_eq!(edge[2] % 7, 0);
                    assert!(edge[0] == 1 || edge[1] < strings.len());
                    edge[2] / 7
                })
                .collect()
        })
        .collect();
    let mut is_reached = vec![false; nodes.len()];
    let mut pending = vec![0];
    while let Some(node) = pending.pop() {
        if !std::mem::replace(&mut is_reached[node], true) {
            pending.extend(&targets[node]);
        }
    }
    assert!(is_reached.iter().all(|&is_reached| is_reached));
    let objects = &nodes[nodes.len() - snapshot.len()..];
    for (node, object) in objects.iter().zip(snapshot.objects()) {
        assert_eq!(strings[node[1]], object.type_name());
        assert_eq!(node[3], object.bytes() + object.owned());
        assert_eq!(node[4], object.referents().len());
    }
}

#[test]
fn the_devtools_file_says_what_the_snapshot_says() {
    for seed in 1..=if cfg!(miri) { 2 } else { 50 } {
        on_empty_heap(move || {
            let _held = random_heap(&mut Random(seed * 0x0051_7CC1));
            check_devtools_file(&HeapSnapshot::capture());
        });
    }
    on_empty_heap(|| check_devtools_file(&HeapSnapshot::capture()));
}

#[test]
fn objects_keep_their_number_from_one_devtools_file_to_the_next() {
    on_empty_heap(|| {
        let length = if cfg!(miri) { 20 } else { 500 };
        let _held = list(length);
        let numbers_of = |snapshot: &HeapSnapshot| -> BTreeMap<usize, usize> {
            let file: Value = serde_json::from_str(&devtools_file(snapshot)).unwrap();
            let nodes = numbers(&file, "nodes");
            let ids = nodes.chunks(7).rev().map(|node| node[2]);
            snapshot.objects().map(|object| object.id().0).rev().zip(ids).collect()
        };
        let before = numbers_of(&HeapSnapshot::capture());
        let _more = ring(length);
        let after = numbers_of(&HeapSnapshot::capture());
        assert!(before.iter().all(|(address, number)| after[address] == *number));
    });
}

#[test]
fn a_picture_of_few_objects_shows_each_and_its_edges() {
    on_empty_heap(|| {
        let held = vertex();
        held.edges.borrow_mut().extend([vertex(), held.clone()]);
        let snapshot = HeapSnapshot::capture();
        let svg = snapshot.to_svg(&Drawing::new());
        assert_eq!(svg.matches("class=\"type\"").count(), 2);
        assert_eq!(svg.matches("class=\"edge\"").count(), 2);
        assert!(svg.contains(">edges[0]</text>"));
        let dot = snapshot.to_dot(&Drawing::new());
        assert_eq!(dot.matches(" -> ").count(), 2);
        held.edges.borrow_mut().clear();
    });
}

#[test]
fn a_picture_of_many_objects_shows_types_and_says_so() {
    on_empty_heap(|| {
        let _held = (list(201), Gc::new(1_u8));
        let svg = HeapSnapshot::capture().to_svg(&Drawing::new());
        assert!(svg.contains("202 objects, drawn by type because there are more than 200"));
        assert_eq!(svg.matches("class=\"type\"").count(), 2);
        assert!(svg.contains("201 objects"));
        let wide = HeapSnapshot::capture().to_dot(&Drawing::new().limit(300));
        assert_eq!(wide.matches("tooltip=").count(), 202);
    });
}

#[test]
fn a_picture_can_show_what_is_near_an_object() {
    on_empty_heap(|| {
        let length = if cfg!(miri) { 20 } else { 1000 };
        let head = list(length);
        let snapshot = HeapSnapshot::capture();
        let third = head.next.as_ref().unwrap().next.as_ref().unwrap();
        let boxes = |drawing: &Drawing| snapshot.to_dot(drawing).matches("tooltip=").count();
        assert_eq!(boxes(&Drawing::new().referrers_of(third, 5)), 3);
        assert_eq!(boxes(&Drawing::new().referents_of(third, 5)), 6);
        assert_eq!(boxes(&Drawing::new().around(third, 1)), 3);
        assert_eq!(boxes(&Drawing::new().only_cycles()), 0);
        assert!(
            snapshot
                .to_svg(&Drawing::new().around(third, 1))
                .contains(&format!("{} more", length - 3))
        );
    });
}

#[test]
fn a_picture_can_show_types_however_few_objects_there_are() {
    on_empty_heap(|| {
        let _held = list(3);
        let svg = HeapSnapshot::capture().to_svg(&Drawing::default().by_type());
        assert!(svg.contains("3 objects, drawn by type"), "{svg}");
        assert!(!svg.contains("because"));
        assert_eq!(svg.matches("class=\"type\"").count(), 1);
        let _other = Gc::new(1_u8);
        let svg = HeapSnapshot::capture().to_svg(&Drawing::new().by_type().limit(1));
        assert!(svg.contains("; the largest 1 of 2 types"), "{svg}");
    });
}

#[test]
fn a_line_in_a_picture_goes_around_the_boxes_between_its_ends() {
    on_empty_heap(|| {
        let [top, middle, bottom] = [vertex(), vertex(), vertex()];
        top.edges.borrow_mut().extend([middle.clone(), bottom.clone()]);
        middle.edges.borrow_mut().push(bottom.clone());
        let svg = HeapSnapshot::capture().to_svg(&Drawing::new());
        let bends = svg.lines().filter(|line| line.contains("class=\"edge\""));
        let mut bends: Vec<usize> = bends.map(|line| line.matches('C').count()).collect();
        bends.sort_unstable();
        assert_eq!(bends, [1, 1, 2], "{svg}");
    });
}

#[test]
fn the_handles_of_a_list_are_elements_in_the_devtools_file() {
    on_empty_heap(|| {
        let _list = Gc::new(vec![Gc::new(1_u8), Gc::new(2)]);
        let snapshot = HeapSnapshot::capture();
        check_devtools_file(&snapshot);
        let file: Value = serde_json::from_str(&devtools_file(&snapshot)).unwrap();
        let edges = numbers(&file, "edges");
        let [.., first, last] = &edges.chunks(3).collect::<Vec<_>>()[..] else { unreachable!() };
        assert_eq!([&first[..2], &last[..2]], [[1, 0], [1, 1]]);
    });
}

#[test]
fn a_picture_tells_roots_garbage_and_what_is_highlighted_apart() {
    on_empty_heap(|| {
        let held = list(2);
        drop(ring(2));
        let snapshot = HeapSnapshot::capture();
        let plain = snapshot.to_dot(&Drawing::new());
        assert_eq!(plain.matches("dashed").count(), 2, "garbage");
        let drawing = Drawing::new().highlight(held.next.as_ref().unwrap());
        let dot = snapshot.to_dot(&drawing);
        assert_ne!(dot, plain);
        let differing = dot.lines().zip(plain.lines()).filter(|(one, other)| one != other);
        assert_eq!(differing.count(), 1);
    });
}

#[test]
fn no_text_can_break_out_of_a_picture() {
    #[derive(Trace)]
    #[trace(name = "app::<\"&\">")]
    struct Odd;
    #[derive(Trace)]
    #[trace(name = "a_type_with_a_name_that_is_much_longer_than_a_box_could_ever_be_wide")]
    struct Long(Gc<Odd>);
    on_empty_heap(|| {
        let _held = Gc::new(Long(Gc::new(Odd)));
        let svg = HeapSnapshot::capture().to_svg(&Drawing::new());
        assert!(svg.contains("&lt;&quot;&amp;&quot;&gt;") && !svg.contains("<\"&"), "{svg}");
        assert!(svg.contains('…'), "what is too long ends in dots");
    });
}

#[test]
fn a_picture_can_be_reduced_to_cycles() {
    on_empty_heap(|| {
        let _held = (ring(3), list(10));
        let dot = HeapSnapshot::capture().to_dot(&Drawing::new().only_cycles());
        assert_eq!(dot.matches("tooltip=").count(), 3);
    });
}

#[test]
fn every_random_heap_can_be_drawn() {
    for seed in 1..=if cfg!(miri) { 2 } else { 40 } {
        on_empty_heap(move || {
            let _held = random_heap(&mut Random(seed * 0x2545_F491));
            let snapshot = HeapSnapshot::capture();
            let svg = snapshot.to_svg(&Drawing::new());
            let pairs: BTreeSet<_> = snapshot
                .objects()
                .flat_map(gcycle::inspect::ObjectInfo::referents)
                .map(|edge| (edge.owner().id(), edge.target().id()))
                .collect();
            assert_eq!(svg.matches("class=\"edge\"").count(), pairs.len());
            assert!(!svg.contains("NaN") && !svg.contains("inf"));
        });
    }
}

/// A rectangle: left, right, top, bottom.
type Area = [f64; 4];

fn overlap(one: &Area, other: &Area) -> bool {
    one[0] < other[1] && other[0] < one[1] && one[2] < other[3] && other[2] < one[3]
}

/// The value of an attribute of an element that begins in `element`.
fn attribute<'a>(element: &'a str, name: &str) -> &'a str {
    let value = element.split_once(&format!(" {name}=\"")).unwrap().1;
    value.split_once('"').unwrap().0
}

/// The areas of the boxes of a picture, and of its labels, as wide as they can be.
fn areas(svg: &str) -> (Vec<Area>, Vec<Area>) {
    let number = |text: &str| text.parse::<f64>().unwrap();
    let boxes =
        svg.split("<g transform=\"translate(").filter(|group| group.contains("class=\"type\""));
    let boxes = boxes.map(|group| {
        let (x, y) = group.split_once(')').unwrap().0.split_once(' ').unwrap();
        let (x, y) = (number(x), number(y));
        let width = number(attribute(group, "width"));
        let height = number(attribute(group, "height"));
        [x, x + width, y, y + height]
    });
    let labels = svg.lines().filter(|line| line.starts_with("<text class=\"label"));
    let labels = labels.map(|line| {
        let text = line.split_once('>').unwrap().1.split_once('<').unwrap().0;
        let length = f64::from(u32::try_from(text.chars().count()).unwrap()) * 5.6;
        let (x, y) = (number(attribute(line, "x")), number(attribute(line, "y")) - 3.5);
        let left = match attribute(line, "class") {
            "label left" => x - length,
            "label right" => x,
            _ => x - length / 2.0,
        };
        // Places are rounded to a tenth.
        [left + 0.1, left + length - 0.1, y - 5.9, y + 5.9]
    });
    (boxes.collect(), labels.collect())
}

#[test]
fn no_label_lies_on_another_or_on_a_box() {
    let mut drawn = 0;
    for seed in 1..=if cfg!(miri) { 2 } else { 150 } {
        drawn += on_empty_heap(move || {
            let _held = random_heap(&mut Random(seed * 0x9E37_79B1));
            let snapshot = HeapSnapshot::capture();
            let svg = snapshot.to_svg(&Drawing::new());
            let (boxes, labels) = areas(&svg);
            assert_eq!(boxes.len(), snapshot.len());
            for (number, label) in labels.iter().enumerate() {
                let others = boxes.iter().chain(&labels[number + 1..]);
                assert!(others.clone().all(|other| !overlap(label, other)), "seed {seed}: {svg}");
            }
            let hidden = svg.lines().filter(|line| {
                line.starts_with("<path class=\"edge\"") && line.contains("<title>")
            });
            let hidden = hidden.count();
            let lines = svg.lines().filter(|line| line.starts_with("<path class=\"edge\"")).count();
            assert_eq!(labels.len() + hidden, lines, "each label is in the picture, or in a title");
            labels.len()
        });
    }
    assert!(drawn > 0);
}
