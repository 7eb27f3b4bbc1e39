use std::fmt;

use gcycle::{Gc, Trace};

#[derive(Trace)]
#[trace(describe)]
struct User {
    name: Gc<str>,
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[derive(Trace)]
#[trace(describe = by_number)]
struct Order(u32);

fn by_number(order: &Order, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "#{}", order.0)
}
