//! Tuples of up to sixteen fields.

#[cfg(feature = "isolates")]
use crate::trace::movable::Movable;

macro_rules! tuples {
    ($($field:ident $position:tt $label:literal),*) => {
        fields! {
            {$($field),*} ($($field,)*) => |this| { $($label: $field = &this.$position),* }
        }

        // SAFETY: it owns nothing but its fields, which are `Movable`.
        #[cfg(feature = "isolates")]
        unsafe impl<$($field: Movable),*> Movable for ($($field,)*) {}
    };
}

tuples!(A 0 "0");
tuples!(A 0 "0", B 1 "1");
tuples!(A 0 "0", B 1 "1", C 2 "2");
tuples!(A 0 "0", B 1 "1", C 2 "2", D 3 "3");
tuples!(A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4");
tuples!(A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5");
tuples!(A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5", G 6 "6");
tuples!(A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5", G 6 "6", H 7 "7");
tuples!(A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5", G 6 "6", H 7 "7", I 8 "8");
tuples!(
    A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5", G 6 "6", H 7 "7", I 8 "8", J 9 "9"
);
tuples!(
    A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5", G 6 "6", H 7 "7", I 8 "8", J 9 "9",
    K 10 "10"
);
tuples!(
    A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5", G 6 "6", H 7 "7", I 8 "8", J 9 "9",
    K 10 "10", L 11 "11"
);
tuples!(
    A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5", G 6 "6", H 7 "7", I 8 "8", J 9 "9",
    K 10 "10", L 11 "11", M 12 "12"
);
tuples!(
    A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5", G 6 "6", H 7 "7", I 8 "8", J 9 "9",
    K 10 "10", L 11 "11", M 12 "12", N 13 "13"
);
tuples!(
    A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5", G 6 "6", H 7 "7", I 8 "8", J 9 "9",
    K 10 "10", L 11 "11", M 12 "12", N 13 "13", O 14 "14"
);
tuples!(
    A 0 "0", B 1 "1", C 2 "2", D 3 "3", E 4 "4", F 5 "5", G 6 "6", H 7 "7", I 8 "8", J 9 "9",
    K 10 "10", L 11 "11", M 12 "12", N 13 "13", O 14 "14", P 15 "15"
);
