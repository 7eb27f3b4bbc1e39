//! Writes the files that `.ci/inspect-devtools` and `.ci/inspect-browser` look
//! at: those of a heap of 100,000 objects, and what a snapshot says of it.
//!
//! ```console
//! $ cargo run --release --features inspect --example inspect_files -- target/inspect
//! ```

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "written as a user would write it"
)]

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::fs::{File, create_dir_all, write};
use std::io::{self, BufWriter};
use std::path::PathBuf;

use gcycle::inspect::{
    self, Garbage, GrowthRow, HeapSnapshot, HtmlPage, Interval, ObjectId, ObjectInfo, Place,
    Recorder, Recording, WaitsFor,
};
use gcycle::{Gc, Trace, gc};
use serde_json::json;

/// The number of objects that a page shows one by one at the most.
const OBJECTS: usize = 100_000;

/// A name that would be markup, if it were not escaped.
const NASTY: &str = "</script><b>second</b> \u{202E}shop";

/// A shop, which holds all that is below.
#[derive(Trace)]
struct Shop {
    shelves: RefCell<Vec<Gc<Shelf>>>,
    orders: RefCell<Vec<Gc<Order>>>,
}

/// Products in a row; it knows its shop.
#[derive(Trace)]
struct Shelf {
    shop: Gc<Shop>,
    products: RefCell<Vec<Gc<Product>>>,
}

/// Something to buy; products refer to similar ones.
#[derive(Trace)]
#[trace(name = "shop::Product<'static>")]
struct Product {
    name: Gc<str>,
    similar: RefCell<Vec<Gc<Product>>>,
}

/// What a customer bought, and the order before.
#[derive(Trace)]
struct Order {
    products: Vec<Gc<Product>>,
    previous: Option<Gc<Order>>,
}

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("below a usize")
    }
}

/// A shop with so many products.
fn shop(random: &mut Random, products: usize) -> Gc<Shop> {
    let shop = Gc::new(Shop { shelves: RefCell::default(), orders: RefCell::default() });
    let mut all: Vec<Gc<Product>> = Vec::new();
    while all.len() < products {
        let products: Vec<Gc<Product>> =
            (0..=random.below(59)).map(|_| product(random, &all)).collect();
        all.extend_from_slice(&products);
        let products = RefCell::new(products);
        shop.shelves.borrow_mut().push(Gc::new(Shelf { shop: shop.clone(), products }));
    }
    let mut previous = None;
    for _ in 0..products / 10 {
        let bought = (0..random.below(4)).map(|_| all[random.below(all.len())].clone());
        let order = Gc::new(Order { products: bought.collect(), previous });
        previous = Some(order.clone()).filter(|_| random.below(20) > 0);
        shop.orders.borrow_mut().push(order);
    }
    shop
}

fn product(random: &mut Random, all: &[Gc<Product>]) -> Gc<Product> {
    let product = Gc::new(Product {
        name: Gc::from("x".repeat(random.below(60))),
        similar: RefCell::default(),
    });
    for _ in 0..random.below(3) {
        if let Some(similar) = all.get(random.below(all.len().max(1))) {
            product.similar.borrow_mut().push(similar.clone());
            if random.below(3) == 0 {
                similar.similar.borrow_mut().push(product.clone());
            }
        }
    }
    product
}

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1).map_or_else(|| "target/inspect".into(), PathBuf::from);
    create_dir_all(&folder)?;
    gc::disable();
    let recorder = Recorder::start(Interval::Collections(1));
    open_and_close();
    let frozen = shop(&mut Random(7), 20);
    drop(shop(&mut Random(8), 5));
    gc::freeze();
    let mut random = Random(0x5EED);
    let open = shop(&mut random, 35_000);
    inspect::name(&open, "first shop");
    recorder.record();
    let before = HeapSnapshot::capture();
    let second = shop(&mut random, 11_000);
    inspect::name(&second, NASTY);
    drop(shop(&mut random, 150));
    let rest = OBJECTS - gc::memory().objects;
    let _rest: Vec<Gc<u64>> = (0..rest as u64).map(Gc::new).collect();
    let after = HeapSnapshot::capture();
    assert_eq!(after.len(), OBJECTS);

    let file = |name: &str| File::create(folder.join(name)).map(BufWriter::new);
    after.to_heapsnapshot(file("heap.heapsnapshot")?)?;
    before.to_heapsnapshot(file("before.heapsnapshot")?)?;
    recorder.record();
    let recording = recorder.recording();
    let page = HtmlPage::new("Two shops").compared_with(&before).with_recording(&recording);
    after.to_html(&page, file("heap.html")?)?;
    write(folder.join("expected.json"), expected(&before, &after, &recording).to_string())?;
    println!("{} objects, {} before", after.len(), before.len());
    for shop in [frozen, open, second] {
        drop(shop.shelves.take());
    }
    Ok(())
}

/// Shops that come and go; a few stay for a while.
fn open_and_close() {
    let (mut random, mut open) = (Random(9), Vec::new());
    for _ in 0..80 {
        open.push(shop(&mut random, 120));
        if random.below(9) == 0 {
            open.clear();
        }
        gc::collect();
    }
    drop(open);
    gc::collect();
}

/// What the tools must agree with.
fn expected(
    before: &HeapSnapshot,
    after: &HeapSnapshot,
    recording: &Recording,
) -> serde_json::Value {
    let census = after.census();
    let types = census
        .rows()
        .iter()
        .map(|row| (row.key.to_string(), json!([row.count, row.bytes + row.owned])));
    let largest: Vec<_> = after
        .dominators()
        .largest()
        .into_iter()
        .take(2000)
        .map(|object| {
            json!([object.type_name(), object.bytes() + object.owned(), object.retained_size()])
        })
        .collect();
    let diff = after.diff(before);
    let ways = ["Shelf", "Product<'static>", "Order"].map(|name| ways(after, name));
    json!({
        "objects": after.len(),
        "named": after.objects().filter(|object| object.name().is_some()).count(),
        "edges": after.edge_count(),
        "bytes": after.bytes() + after.owned(),
        "roots": after.roots().count(),
        "garbage": after.unreachable().count(),
        "garbageBefore": before.unreachable().count(),
        "cycles": after.cycles().len(),
        "frozen": after.objects().filter(|object| object.place() == Place::Permanent).count(),
        "waits": waits(&after.garbage()),
        "ways": ways,
        "byType": top_by_type(after),
        "moments": recording.moments().len(),
        "sinceStart": growth_of_shelves(recording),
        "types": types.collect::<serde_json::Map<_, _>>(),
        "retained": largest,
        "allRetained": after.objects().map(ObjectInfo::retained_size).sum::<usize>(),
        "new": diff.new_objects().len(),
        "gone": diff.gone_objects().len(),
        "newPlaces": places(after, diff.new_objects().map(ObjectInfo::id)),
        "gonePlaces": places(before, diff.gone_objects().map(ObjectInfo::id)),
    })
}

/// How much garbage waits for what, for all that something waits for.
fn waits(garbage: &Garbage<'_>) -> BTreeMap<String, usize> {
    let mut waits: BTreeMap<String, usize> = BTreeMap::new();
    for (_, waits_for) in garbage.objects() {
        *waits.entry(waits_for.to_string()).or_default() += 1;
    }
    assert!(garbage.objects().any(|(_, waits_for)| waits_for == WaitsFor::Unfreeze));
    waits
}

/// The ways to all objects of a type, each with the number of objects and of roots.
fn ways(snapshot: &HeapSnapshot, type_name: &str) -> serde_json::Value {
    let objects = snapshot.objects().filter(|object| object.type_name().ends_with(type_name));
    let holders = snapshot.holders(objects);
    assert!(holders.is_complete());
    let ways = holders.ways().iter();
    ways.map(|way| json!([way.to_string(), way.objects().len(), way.roots().len()])).collect()
}

/// The objects without a dominator by type: how many, and what they retain.
fn top_by_type(snapshot: &HeapSnapshot) -> BTreeMap<&'static str, (usize, usize)> {
    let mut types = BTreeMap::new();
    for object in snapshot.dominators().top() {
        let (count, retained) = types.entry(object.type_name()).or_insert((0, 0));
        *count += 1;
        *retained += object.retained_size();
    }
    types
}

/// How many shelves there are at the last moment more than in the middle of the recording.
fn growth_of_shelves(recording: &Recording) -> (usize, isize) {
    let middle = recording.moments().len() / 2;
    let growth = recording.growth(middle, recording.moments().len() - 1);
    let shelves = growth.iter().find(|row| row.type_name.ends_with("Shelf"));
    (middle, shelves.map_or(0, GrowthRow::count_growth))
}

/// Where some objects of a snapshot stand among all of it, which is where they
/// stand in a file.
fn places(snapshot: &HeapSnapshot, ids: impl Iterator<Item = ObjectId>) -> Vec<usize> {
    let ids: HashSet<ObjectId> = ids.collect();
    let all = snapshot.objects().enumerate();
    all.filter(|(_, object)| ids.contains(&object.id())).map(|(place, _)| place).collect()
}
