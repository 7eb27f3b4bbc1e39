//! Every mistake of one type is reported at once.

use gcycle::Trace;

#[derive(Trace)]
#[trace(finalise, skip, name = 3)]
#[trace(unsafe_drop, unsafe_drop)]
enum Owner {
    #[trace(crate = gcycle)]
    First(#[trace(skp)] String),
    Second {
        #[trace(skip = true, unsafe_drop)]
        name: String,
    },
}

fn main() {}
