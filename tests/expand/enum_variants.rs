// Variants with nothing to report share an arm.

use gcycle::{Gc, Trace};

#[derive(Trace)]
enum Value {
    Nil,
    Number(f64),
    List(Vec<Value>, Gc<Value>),
    Object { class: Gc<Value>, size: usize, fields: Vec<Value> },
    #[trace(skip)]
    Thread(std::thread::ThreadId),
}
