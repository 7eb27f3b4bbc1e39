use gcycle::{Finalize, Gc, Trace};

#[derive(Trace)]
#[trace(finalize, name = "files::Handle")]
struct Handle {
    #[trace(name = "the owner")]
    owner: Gc<u8>,
}

impl Finalize for Handle {
    fn finalize(&self) {}
}
