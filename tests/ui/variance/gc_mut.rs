//! What is written through a guard lives as long as the object promises.

use gcycle::Gc;

fn write<'a>(handle: &mut Gc<&'a str>, text: &'a str) {
    *Gc::get_mut(handle).unwrap() = text;
}

fn main() {
    let mut handle = Gc::new("static");
    let text = String::from("short-lived");
    write(&mut handle, &text);
}
