use gcycle::{Gc, Trace};

#[derive(Trace)]
struct Pair(Gc<u8>, u32, Vec<Gc<u8>>);

#[derive(Trace)]
struct Unit;
