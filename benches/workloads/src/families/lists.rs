//! Lists, linked once and twice.

use std::hint::black_box;

use crate::library::{Backlinks, Objects};
use crate::meter::Meter;

fn list<L: Objects>(length: usize) -> Option<L::Node<3>> {
    let mut head = None;
    for _ in 0..length {
        head = Some(L::node::<3>(head));
    }
    head
}

/// Builds a list of 10,000 nodes and drops it.
pub fn singly_linked<L: Objects>(meter: &mut Meter) {
    const LENGTH: usize = 10_000;
    let lists = meter.size(20, 1);
    while meter.more() {
        meter.sample::<L, _>((lists * LENGTH) as u64, || {
            for _ in 0..lists {
                black_box(list::<L>(LENGTH));
            }
            L::collect();
        });
    }
}

/// Drops a list of 20,000 nodes, the longest that every library survives.
pub fn drop_20k<L: Objects>(meter: &mut Meter) {
    drop_list::<L>(meter, 20_000);
}

/// Drops a list of 150,000 nodes, about the longest that `Rc` survives with the
/// stack of a main thread.
pub fn drop_150k<L: Objects>(meter: &mut Meter) {
    let length = meter.size(150_000, 50_000);
    drop_list::<L>(meter, length);
}

/// Drops a list of 10,000,000 nodes.
pub fn drop_10m<L: Objects>(meter: &mut Meter) {
    meter.only_once();
    let length = meter.size(10_000_000, 300_000);
    drop_list::<L>(meter, length);
}

fn drop_list<L: Objects>(meter: &mut Meter, length: usize) {
    while meter.more() {
        L::set_automatic(false);
        let head = list::<L>(length);
        L::set_automatic(true);
        meter.sample::<L, _>(length as u64, || {
            drop(head);
            L::collect();
        });
    }
}

/// Builds doubly linked lists of 10,000 nodes from their ends, and drops them;
/// each is collected before the next.
pub fn doubly_linked<L: Backlinks>(meter: &mut Meter) {
    const LENGTH: usize = 10_000;
    let lists = meter.size(10, 1);
    while meter.more() {
        meter.sample::<L, _>((lists * LENGTH) as u64, || {
            for _ in 0..lists {
                let mut head: Option<L::Link> = None;
                for _ in 0..LENGTH {
                    let new = L::link(head.clone());
                    if let Some(head) = &head {
                        L::set_previous(head, &new);
                    }
                    head = Some(new);
                }
                drop(black_box(head));
                L::collect();
            }
        });
    }
}
