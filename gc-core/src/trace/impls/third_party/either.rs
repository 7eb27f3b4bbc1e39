//! `either` 1: one thing or the other.

use either_1::Either;

variants! {
    {L, R} Either<L, R> { Left: L, Right: R },
}
