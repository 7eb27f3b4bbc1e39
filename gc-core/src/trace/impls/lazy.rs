//! `LazyCell` and `LazyLock`: their contents once they are initialised.
//!
//! The initialiser `F` is not traced. It is gone once the value is initialised; until
//! then, a `Gc` that it captured counts as held from outside.
//!
//! The functions that look at the contents without initialising them are newer than the
//! oldest compiler that this crate supports. On an older compiler the traits below take
//! their place: an associated function of the type itself wins over one of a trait.
//! There, a cycle through a lazy value is not found.

#![expect(clippy::incompatible_msrv, reason = "older compilers take the traits below")]
#![cfg_attr(
    not(clippy),
    allow(
        unstable_name_collisions,
        reason = "older compilers know the functions as unstable and rightly pass them by"
    )
)]

use core::cell::LazyCell;
use std::sync::LazyLock;

/// What `LazyCell::get` and `LazyLock::get` return where they do not exist.
trait GetIfInitialised<T> {
    fn get(_: &Self) -> Option<&T> {
        None
    }
}

impl<T, F> GetIfInitialised<T> for LazyCell<T, F> {}
impl<T, F> GetIfInitialised<T> for LazyLock<T, F> {}

/// Uses the trait on compilers that prefer the types' own functions.
const _: fn(&LazyCell<()>) -> Option<&()> = GetIfInitialised::get;

/// Whether there might be contents that cannot be seen.
fn hides_contents() -> bool {
    let initialised = LazyCell::new(|| ());
    LazyCell::force(&initialised);
    LazyCell::get(&initialised).is_none()
}

wrappers! {
    {T, F} LazyCell<T, F> => |this| LazyCell::get(this) => closed if hides_contents(),
    {T, F} LazyLock<T, F> => |this| LazyLock::get(this) => closed if hides_contents(),
}
