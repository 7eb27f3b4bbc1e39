//! The programs of the menu.

/// The title and the text of each.
pub(crate) const EXAMPLES: [[&str; 2]; 9] = [
    ["First steps", include_str!("../scripts/first_steps.lox")],
    ["A million rings", include_str!("../scripts/million_rings.lox")],
    ["Something that stays alive", include_str!("../scripts/alive.lox")],
    ["Cycles of every kind", include_str!("../../lox/scripts/cycles.lox")],
    ["Closures", include_str!("../../lox/scripts/closures.lox")],
    ["Inheritance", include_str!("../../lox/scripts/inheritance.lox")],
    ["Binary trees, without cycles", include_str!("../../lox/scripts/bench/binary_trees.lox")],
    ["Churn: rings and closures", include_str!("../../lox/scripts/bench/churn.lox")],
    ["Fibonacci numbers", include_str!("../../lox/scripts/bench/fib.lox")],
];
