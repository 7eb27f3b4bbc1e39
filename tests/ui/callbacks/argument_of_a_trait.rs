//! A `&dyn Widget` has a lifetime that the trait does not rule out.

use gcycle::Gc;

trait Widget {
    fn draw(&self);
}

fn listen(log: Gc<Vec<u32>>) -> Gc<dyn Fn(&dyn Widget)> {
    Gc::<dyn Fn(&dyn Widget)>::new_closure(log, |_, widget| widget.draw())
}

fn main() {}
