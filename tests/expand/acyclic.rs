// The type's promise becomes where-clauses; a field's becomes a check in place.

use gcycle::{Gc, Trace};

#[derive(Trace)]
#[trace(acyclic)]
struct Text {
    content: Gc<str>,
    length: usize,
    lines: Vec<String>,
}

#[derive(Trace)]
#[trace(acyclic)]
enum Formula<T> {
    Value(T),
    Sum(Vec<Formula<T>>, Box<Self>),
}

#[derive(Trace)]
struct Owner<T> {
    #[trace(acyclic)]
    text: Gc<Text>,
    #[trace(acyclic)]
    value: T,
    next: Option<Gc<Owner<T>>>,
}
