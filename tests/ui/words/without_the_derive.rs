//! The attribute means something beside the derive only.

#[derive(Clone)]
struct Owner {
    #[trace(skip)]
    name: String,
}

fn main() {}
