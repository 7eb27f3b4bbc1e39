//! Enums of std that hold one thing or another: `Option`, `Result` and the like.

use core::ops::{Bound, ControlFlow};
use core::task::Poll;
use std::sync::TryLockError;
use std::sync::mpsc::TrySendError;

variants! {
    {T} Option<T> { Some: T },
    {T, E} Result<T, E> { Ok: T, Err: E },
    {T} Poll<T> { Ready: T },
    {B, C} ControlFlow<B, C> { Break: B, Continue: C },
    {T} Bound<T> { Included: T, Excluded: T },
    {T} TrySendError<T> { Full: T, Disconnected: T },
    {T} TryLockError<T> { Poisoned: std::sync::PoisonError<T> },
}
