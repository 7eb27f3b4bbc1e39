//! A road map: search, strongly connected components, and the same by petgraph.

use std::borrow::Borrow;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque};

use gcycle::weak::WeakMap;
use gcycle::{ById, Gc, Trace};
use petgraph::algo::{dijkstra, tarjan_scc};
use petgraph::graphmap::DiGraphMap;

use super::{heap_stays_below, leaves_nothing};

#[derive(Trace)]
struct Town {
    name: String,
    roads: RefCell<Vec<Road>>,
}

#[derive(Trace, Clone)]
struct Road {
    to: Gc<Town>,
    miles: u32,
}

impl Town {
    fn new(name: &str) -> Gc<Town> {
        Gc::new(Town { name: name.to_owned(), roads: RefCell::default() })
    }

    fn build_road(&self, to: &Gc<Town>, miles: u32) {
        self.roads.borrow_mut().push(Road { to: to.clone(), miles });
    }
}

/// The towns `a`, `b` and so on, with the roads that are listed as `from to miles`.
fn map(roads: &str) -> HashMap<String, Gc<Town>> {
    let mut towns: HashMap<String, Gc<Town>> = HashMap::new();
    for road in roads.split(", ") {
        let [from, to, miles] = *road.split(' ').collect::<Vec<_>>() else {
            panic!("not a road: {road}");
        };
        let mut town =
            |name: &str| towns.entry(name.to_owned()).or_insert_with(|| Town::new(name)).clone();
        town(from).build_road(&town(to), miles.parse().unwrap());
    }
    towns
}

const ROADS: &str = "a b 1, b c 1, c a 1, a c 9, c d 5, d e 1, e d 1, e f 2, f f 1";

/// All towns that can be reached, nearest by number of roads first.
fn breadth_first(start: &Gc<Town>) -> Vec<Gc<Town>> {
    let mut seen = HashSet::from([ById(start.clone())]);
    let mut pending = VecDeque::from([start.clone()]);
    let mut found = Vec::new();
    while let Some(town) = pending.pop_front() {
        for road in &*town.roads.borrow() {
            if seen.insert(ById(road.to.clone())) {
                pending.push_back(road.to.clone());
            }
        }
        found.push(town);
    }
    found
}

/// The distances of all towns that can be reached.
fn distances(start: &Gc<Town>) -> HashMap<ById<Town>, u32> {
    let mut distances = HashMap::new();
    let mut pending = BinaryHeap::from([Reverse((0, ById(start.clone())))]);
    while let Some(Reverse((miles, town))) = pending.pop() {
        if distances.contains_key(&town) {
            continue;
        }
        for road in &*town.roads.borrow() {
            pending.push(Reverse((miles + road.miles, ById(road.to.clone()))));
        }
        distances.insert(town, miles);
    }
    distances
}

/// Tarjan's algorithm.
#[derive(Default)]
struct Components {
    numbers: HashMap<ById<Town>, usize>,
    open: Vec<ById<Town>>,
    done: Vec<BTreeSet<ById<Town>>>,
}

impl Components {
    fn of(start: &Gc<Town>) -> Vec<BTreeSet<ById<Town>>> {
        let mut components = Components::default();
        components.visit(start);
        components.done
    }

    /// The lowest number of an open town that `town` leads to.
    fn visit(&mut self, town: &Gc<Town>) -> usize {
        let number = self.numbers.len();
        self.numbers.insert(ById(town.clone()), number);
        self.open.push(ById(town.clone()));
        let mut lowest = number;
        for Road { to, .. } in &*town.roads.borrow() {
            match self.numbers.get(ById::from_ref(to)) {
                None => lowest = lowest.min(self.visit(to)),
                Some(&seen) if self.open.contains(ById::from_ref(to)) => lowest = lowest.min(seen),
                Some(_) => {}
            }
        }
        if lowest == number {
            let first = self.open.iter().position(|open| open == ById::from_ref(town)).unwrap();
            self.done.push(self.open.drain(first..).collect());
        }
        lowest
    }
}

/// The towns and roads as petgraph sees them.
fn view(towns: &HashSet<ById<Town>>) -> DiGraphMap<&ById<Town>, u32> {
    let mut graph = DiGraphMap::new();
    for town in towns {
        graph.add_node(town);
        for road in &*town.roads.borrow() {
            graph.add_edge(town, towns.get(ById::from_ref(&road.to)).unwrap(), road.miles);
        }
    }
    graph
}

fn names(towns: &[Gc<Town>]) -> String {
    towns.iter().map(|town| town.name.as_str()).collect()
}

fn sorted_names<T: Borrow<ById<Town>>>(towns: impl IntoIterator<Item = T>) -> String {
    let sorted: BTreeSet<String> =
        towns.into_iter().map(|town| town.borrow().name.clone()).collect();
    sorted.into_iter().collect()
}

#[test]
fn a_search_finds_every_town_once() {
    leaves_nothing(|| {
        let towns = map(ROADS);
        assert_eq!(names(&breadth_first(&towns["a"])), "abcdef");
        assert_eq!(names(&breadth_first(&towns["e"])), "edf");
    });
}

#[test]
fn the_shortest_ways_are_those_of_petgraph() {
    leaves_nothing(|| {
        let towns = map(ROADS);
        let ours = distances(&towns["a"]);
        assert_eq!(ours[ById::from_ref(&towns["c"])], 2);
        assert_eq!(ours[ById::from_ref(&towns["f"])], 10);

        let all: HashSet<ById<Town>> = towns.values().cloned().map(ById).collect();
        let start = all.get(ById::from_ref(&towns["a"])).unwrap();
        let theirs = dijkstra(&view(&all), start, None, |(_, _, miles)| *miles);
        assert_eq!(ours.len(), theirs.len());
        assert!(theirs.into_iter().all(|(town, miles)| ours[town] == miles));
    });
}

#[test]
fn the_components_are_those_of_petgraph() {
    leaves_nothing(|| {
        let towns = map(ROADS);
        let ours = Components::of(&towns["a"]);
        let texts: Vec<String> = ours.iter().map(sorted_names).collect();
        assert_eq!(texts, ["f", "de", "abc"]);

        let all: HashSet<ById<Town>> = towns.into_values().map(ById).collect();
        let graph = view(&all);
        let theirs: Vec<String> = tarjan_scc(&graph).into_iter().map(sorted_names).collect();
        assert_eq!(texts, theirs);
    });
}

#[test]
fn towns_that_no_way_leads_to_are_freed_with_their_data() {
    leaves_nothing(|| {
        let mut towns = map(ROADS);
        let visitors = WeakMap::new();
        for town in towns.values() {
            visitors.insert(town, Cell::new(town.name.len()));
        }
        let e = towns.remove("e").unwrap();
        drop(towns);
        gcycle::gc::collect();
        assert_eq!(visitors.len(), 3, "d, e, and f");
        assert_eq!(names(&breadth_first(&e)), "edf");
        e.roads.borrow_mut().retain(|road| road.to.name == "f");
        gcycle::gc::collect();
        assert_eq!(visitors.len(), 2);
    });
}

#[test]
fn the_heap_stays_flat_while_roads_are_rebuilt() {
    let towns: Vec<Gc<Town>> = (0..100).map(|number| Town::new(&number.to_string())).collect();
    heap_stays_below(10_000, 5_000, |round| {
        let town = &towns[round % 100];
        town.roads.borrow_mut().clear();
        let village = Town::new("village");
        town.build_road(&village, 1);
        village.build_road(town, 1);
        village.build_road(&towns[round * 7 % 100], 1);
        assert!(breadth_first(town).len() >= 2);
    });
}
