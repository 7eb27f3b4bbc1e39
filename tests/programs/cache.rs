//! A cache of pages: the least recently used one goes first, and whoever still holds a page that
//! went shares it with the next who asks for it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::iter::successors;
use std::rc::Rc;

use gcycle::weak::{self, WeakValueMap};
use gcycle::{Gc, Link, Trace};

use super::{heap_stays_below, leaves_nothing, rounds};

/// It is told the key and the value that go.
type Listener<V> = Gc<dyn Fn(&str, &V)>;

/// An entry, linked in the order of use.
#[derive(Trace)]
struct Entry<V> {
    key: Gc<str>,
    value: Gc<V>,
    newer: Link<Entry<V>>,
    older: Link<Entry<V>>,
}

#[derive(Trace)]
struct Cache<V> {
    capacity: usize,
    entries: RefCell<HashMap<Gc<str>, Gc<Entry<V>>>>,
    newest: Link<Entry<V>>,
    oldest: Link<Entry<V>>,
    /// All values that exist, in the cache or not.
    alive: RefCell<WeakValueMap<Gc<str>, V>>,
    on_eviction: RefCell<Vec<Listener<V>>>,
}

impl<V: Trace + 'static> Cache<V> {
    fn new(capacity: usize) -> Gc<Cache<V>> {
        Gc::new(Cache {
            capacity,
            entries: RefCell::default(),
            newest: Link::empty(),
            oldest: Link::empty(),
            alive: RefCell::default(),
            on_eviction: RefCell::default(),
        })
    }

    fn get(&self, key: &str, load: impl FnOnce(&str) -> V) -> Gc<V> {
        let found = self.entries.borrow().get(key).cloned();
        if let Some(entry) = found {
            self.unlink(&entry);
            self.link_as_newest(&entry);
            return entry.value.clone();
        }
        let alive = self.alive.borrow().get(key);
        let value = alive.unwrap_or_else(|| Gc::new(load(key)));
        self.insert(key, &value);
        value
    }

    fn insert(&self, key: &str, value: &Gc<V>) {
        let key: Gc<str> = Gc::from(key);
        self.alive.borrow_mut().insert(key.clone(), value);
        let entry = Gc::new(Entry {
            key: key.clone(),
            value: value.clone(),
            newer: Link::empty(),
            older: Link::empty(),
        });
        self.link_as_newest(&entry);
        self.entries.borrow_mut().insert(key, entry);
        if self.entries.borrow().len() > self.capacity {
            self.evict();
        }
    }

    fn evict(&self) {
        let Some(entry) = self.oldest.get() else { return };
        self.unlink(&entry);
        self.entries.borrow_mut().remove(&entry.key);
        let listeners = self.on_eviction.borrow().clone();
        for listener in listeners {
            listener(&entry.key, &entry.value);
        }
    }

    fn link_as_newest(&self, entry: &Gc<Entry<V>>) {
        let older = self.newest.replace(Some(entry.clone()));
        older.as_ref().map_or(&self.oldest, |older| &older.newer).set(Some(entry.clone()));
        entry.older.set(older);
    }

    fn unlink(&self, entry: &Entry<V>) {
        let (newer, older) = (entry.newer.take(), entry.older.take());
        newer.as_ref().map_or(&self.newest, |newer| &newer.older).set(older.clone());
        older.as_ref().map_or(&self.oldest, |older| &older.newer).set(newer);
    }

    /// The keys, last used first.
    fn keys(&self) -> Vec<String> {
        successors(self.newest.get(), |entry| entry.older.get())
            .map(|entry| entry.key.to_string())
            .collect()
    }
}

/// A page that refers to others, and to the cache that it came from.
#[derive(Trace)]
struct Page {
    text: String,
    cache: Gc<Cache<Page>>,
    links: RefCell<Vec<Gc<Page>>>,
}

fn page(cache: &Gc<Cache<Page>>, name: &str) -> Gc<Page> {
    cache.get(name, |name| Page {
        text: format!("<{name}>"),
        cache: cache.clone(),
        links: RefCell::default(),
    })
}

#[test]
fn the_least_recently_used_value_is_evicted() {
    leaves_nothing(|| {
        let cache = Cache::new(3);
        let loads = Cell::new(0);
        let get = |key: &str| {
            *cache.get(key, |key| {
                loads.set(loads.get() + 1);
                key.len()
            })
        };
        assert_eq!(["a", "bb", "ccc", "a", "dddd"].map(get), [1, 2, 3, 1, 4]);
        assert_eq!(cache.keys(), ["dddd", "a", "ccc"]);
        assert_eq!(loads.get(), 4);
        assert_eq!(get("bb"), 2);
        assert_eq!((cache.keys().join(" ").as_str(), loads.get()), ("bb dddd a", 5));
    });
}

#[test]
fn a_value_that_somebody_holds_is_not_loaded_again() {
    leaves_nothing(|| {
        let cache = Cache::new(1);
        let home = page(&cache, "home");
        page(&cache, "news");
        assert_eq!(cache.keys(), ["news"]);
        assert!(Gc::ptr_eq(&home, &page(&cache, "home")));
        assert_eq!(cache.alive.borrow().len(), 1, "nobody held the news");
    });
}

#[test]
fn callbacks_are_told_what_is_evicted_and_may_use_the_cache() {
    leaves_nothing(|| {
        let cache = Cache::new(2);
        let evicted = Gc::new(RefCell::new(Vec::new()));
        cache.on_eviction.borrow_mut().push(Gc::<dyn Fn(&str, &Page)>::new_closure(
            (cache.clone(), evicted.clone()),
            |(cache, evicted), key, page| {
                let line = format!("{key} {} {}", page.text, cache.keys().join(","));
                evicted.borrow_mut().push(line);
                if key == "a" {
                    page.cache.get("x", |_| unreachable!("somebody holds it"));
                }
            },
        ));
        let x = page(&cache, "x");
        for name in ["a", "b", "c"] {
            page(&cache, name);
        }
        assert_eq!(*evicted.borrow(), ["x <x> b,a", "a <a> c,b", "b <b> x,c"]);
        assert_eq!(x.text, "<x>");
    });
}

#[test]
fn pages_that_refer_to_each_other_go_when_they_are_evicted() {
    leaves_nothing(|| {
        let cache = Cache::new(2);
        let dead = Rc::new(Cell::new(0));
        for name in 0..10 {
            let (one, other) = (page(&cache, &format!("{name}")), page(&cache, "contents"));
            one.links.borrow_mut().push(other.clone());
            other.links.borrow_mut().push(one.clone());
            let dead = Rc::clone(&dead);
            weak::finalize(&one, move || dead.set(dead.get() + 1));
        }
        gcycle::gc::collect();
        assert_eq!(dead.get(), 0, "the contents know them all");
        page(&cache, "contents").links.borrow_mut().clear();
        gcycle::gc::collect();
        assert_eq!(dead.get(), 9);
        drop(cache);
        gcycle::gc::collect();
        assert_eq!(dead.get(), 10);
    });
}

#[test]
fn the_heap_stays_flat_while_pages_go_through_the_cache() {
    let cache = Cache::new(50);
    heap_stays_below(20_000, 20_000, |round| {
        let (one, other) =
            (page(&cache, &round.to_string()), page(&cache, &(round ^ 1).to_string()));
        one.links.borrow_mut().push(other.clone());
        other.links.borrow_mut().push(one);
    });
    assert_eq!(cache.keys().len(), rounds(50));
    assert!(cache.alive.borrow().capacity() < 50_000);
}
