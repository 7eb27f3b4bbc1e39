// What the user answers for.

use gcycle::{Gc, Trace, Tracer};

struct Slots(Vec<Gc<u8>>);

fn trace_slots(slots: &Slots, tracer: &mut Tracer<'_>) {
    slots.0.trace(tracer);
}

#[derive(Trace)]
#[trace(unsafe_drop)]
struct Owner {
    // SAFETY: the slots own their handles, and each is reported once.
    #[trace(unsafe_with = trace_slots)]
    slots: Slots,
    next: Gc<u8>,
}

impl Drop for Owner {
    fn drop(&mut self) {}
}
