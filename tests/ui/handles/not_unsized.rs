//! A handle becomes one to a trait object with `unsize!`.

use gcycle::{Gc, Trace};

trait Shape: Trace {
    fn area(&self) -> f32;
}

#[derive(Trace)]
struct Circle(f32);

impl Shape for Circle {
    fn area(&self) -> f32 {
        self.0 * self.0 * 3.14
    }
}

fn largest(_: Vec<Gc<dyn Shape>>) {}

fn main() {
    let shape: Gc<dyn Shape> = Gc::new(Circle(1.0));
    largest(vec![shape]);
}
