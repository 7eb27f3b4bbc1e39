//! A handle that `trace` does not see cannot lead out of a heap that moves.

use gcycle::{EscapeKind, Gc, Isolate, unsize};

#[test]
fn objects_that_were_made_untraced_may_hide_handles() {
    let outside = Gc::new(5);
    let isolate = Isolate::new(|| Gc::new_untraced(Gc::clone(&outside)));
    let refused = isolate.detach().expect_err("a handle leads out");
    assert_eq!(refused.escapes()[0].kind(), EscapeKind::Closed);
    drop(refused);
    assert_eq!(Gc::strong_count(&outside), 1);
}

#[test]
fn objects_that_need_no_drop_hide_none() {
    let isolate = Isolate::new(|| (Gc::new_untraced(5), Gc::new_untraced("text")));
    assert!(isolate.detach().is_ok());
}

#[test]
fn what_is_behind_a_trait_object_is_told_by_the_object() {
    trait Shape: gcycle::Movable {}
    impl Shape for Gc<i32> {}

    let outside = Gc::new(5);
    let isolate = Isolate::new(|| {
        let hidden = Gc::new_untraced(Gc::clone(&outside));
        unsize!(hidden => dyn Shape)
    });
    let refused = isolate.detach().expect_err("a handle leads out");
    assert_eq!(refused.escapes()[0].kind(), EscapeKind::Closed);
}
