//! Which objects there are, and who refers to whom.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use gcycle::gc::{self, Generation, Object};
use gcycle::{Gc, Untraced};

use crate::objects::{Instance, List, Plain};

/// The numbers that `owners` refer to, sorted.
fn numbers_in(owners: &[Object]) -> Vec<i32> {
    let referents = gc::get_referents(owners);
    let numbers = referents.iter().map(|object| *object.downcast::<i32>().unwrap());
    let mut numbers: Vec<i32> = numbers.collect();
    numbers.sort_unstable();
    numbers
}

/// Boxed numbers, as Python's are.
fn numbers<const N: usize>(numbers: [i32; N]) -> [Gc<i32>; N] {
    numbers.map(Gc::new)
}

pub(super) fn test_get_referents() {
    let list = Gc::new(numbers([1, 3, 5]).to_vec());
    assert_eq!(numbers_in(&[Object::from(&list)]), [1, 3, 5]);

    let [one, three, five] = numbers([1, 3, 5]);
    let tuple = Gc::new((one, three, five));
    assert_eq!(numbers_in(&[Object::from(&tuple)]), [1, 3, 5]);

    let [one, three, five, seven] = numbers([1, 3, 5, 7]);
    let dict = Gc::new(Vec::from([(one, three), (five, seven)]));
    assert_eq!(numbers_in(&[Object::from(&dict)]), [1, 3, 5, 7]);
    let map = Gc::new(BTreeMap::from([("a", Gc::new(3)), ("b", Gc::new(7))]));
    assert_eq!(numbers_in(&[Object::from(&map)]), [3, 7]);

    let list = Gc::new(numbers([1, 2]).to_vec());
    let [three, four] = numbers([3, 4]);
    let dict = Gc::new(Vec::from([(three, four)]));
    let zero = Gc::new(0);
    let tuple = Gc::new((zero.clone(), zero.clone(), zero));
    let owners = [Object::from(&list), Object::from(&dict), Object::from(&tuple)];
    assert_eq!(numbers_in(&owners), [0, 0, 0, 1, 2, 3, 4], "duplicates are kept");

    let atoms =
        [Object::from(&Gc::new(1)), Object::from(&Gc::new("a")), Object::from(&Gc::new(4.0))];
    assert!(gc::get_referents(&atoms).is_empty());
}

pub(super) fn test_is_tracked() {
    assert!(!gc::is_tracked(&Gc::new(())));
    assert!(!gc::is_tracked(&Gc::new(1)));
    assert!(!gc::is_tracked(&Gc::new(1.0)));
    assert!(!gc::is_tracked(&Gc::new((1.0, 5.0))));
    assert!(!gc::is_tracked(&Gc::new(true)));
    assert!(!gc::is_tracked(&Gc::new(false)));
    assert!(!gc::is_tracked(&Gc::new(*b"a")));
    assert!(!gc::is_tracked(&Gc::new("a")));
    assert!(!gc::is_tracked(&Gc::new(String::from("a"))));
    assert!(!gc::is_tracked(&Gc::new(RefCell::new(b"a".to_vec()))));
    // `object()`: a value without contents.
    assert!(!gc::is_tracked(&Gc::new(Untraced(()))));

    assert!(gc::is_tracked(&Plain::new()));
    assert!(gc::is_tracked(&Instance::new(|_| ())));
    assert!(gc::is_tracked(&List::new()));
    assert!(gc::is_tracked(&Gc::new(Vec::<Gc<List>>::new())));
    assert!(gc::is_tracked(&Gc::new(RefCell::new(None::<Gc<List>>))));
}

pub(super) fn test_is_finalized() {
    assert!(!gc::is_finalized(&Gc::new(3)));

    let storage = Rc::new(RefCell::new(Vec::new()));
    let lazarus = Instance::new({
        let storage = Rc::clone(&storage);
        move |this| storage.borrow_mut().push(this.this())
    });
    assert!(!gc::is_finalized(&lazarus));
    drop(lazarus);
    gc::collect();

    let lazarus = storage.borrow_mut().pop().unwrap();
    assert!(gc::is_finalized(&lazarus));
    assert!(Object::from(&lazarus).is_finalized());
}

fn is_among<T>(object: &Gc<T>, objects: &[Object]) -> bool {
    objects.contains(&Object::from(object))
}

pub(super) fn test_get_objects() {
    gc::collect();
    let list = List::cyclic();
    assert!(is_among(&list, &gc::get_objects(None)));
}

pub(super) fn test_get_objects_generations() {
    gc::collect();
    let list = List::cyclic();
    let where_it_is = || Generation::ALL.map(|one| is_among(&list, &gc::get_objects(Some(one))));
    assert_eq!(where_it_is(), [true, false, false]);
    gc::collect_generation(Generation::Young);
    assert_eq!(where_it_is(), [false, true, false]);
    gc::collect_generation(Generation::Middle);
    assert_eq!(where_it_is(), [false, false, true]);
    gc::collect_generation(Generation::Old);
    assert_eq!(where_it_is(), [false, false, true]);
    drop(list);
    assert_eq!(gc::collect(), 1);
}

pub(super) fn test_get_objects_arguments() {
    gc::collect();
    let _lists = [List::new(), List::new()];
    gc::collect_generation(Generation::Young);
    let _more = List::new();
    let all = gc::get_objects(None).len();
    let in_generations = Generation::ALL.map(|one| gc::get_objects(Some(one)).len());
    assert_eq!(all, in_generations.iter().sum::<usize>());
    assert_eq!(in_generations, [1, 2, 0]);

    let error = Generation::try_from(1000).unwrap_err();
    assert!(error.to_string().starts_with("invalid generation: 1000"));
    assert_eq!([0, 1, 2].map(Generation::try_from), Generation::ALL.map(Ok));
}

pub(super) fn test_get_objects_during_gc() {
    let is_collected = Rc::new(Cell::new(false));
    let object = Instance::cyclic("cycle", {
        let is_collected = Rc::clone(&is_collected);
        move |this| {
            is_collected.set(true);
            let this = Object::from(&this.this());
            assert!(!gc::get_objects(None).contains(&this));
            assert!(gc::get_referrers(&[this]).is_empty());
        }
    });
    let referrers = gc::get_referrers(&[Object::from(&object)]);
    assert_eq!(referrers, [Object::from(&object)], "before, it refers to itself");
    drop((object, referrers));
    assert_eq!(gc::collect(), 1);
    assert!(is_collected.get());
}
