//! Tuples, up to the twelve fields that std stops at too.

macro_rules! tuples {
    ($($field:ident $position:tt $label:literal),*) => {
        fields! {
            {$($field),*} ($($field,)*) => |this| { $($label: $field = &this.$position),* }
        }
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
