//! The heap as a graph in the DOT language, for Graphviz and everything that
//! reads it.
//!
//! It is written here and not by petgraph, whose writer takes the attributes of a box as finished
//! text: the part that can go wrong, which is quoting, would be here all the same.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt::{self, Write};

use crate::inspect::pictures::drawing::{Arrow, Drawing, Picture, PictureBox, Role};
use crate::inspect::snapshot::heap_snapshot::HeapSnapshot;

impl HeapSnapshot {
    /// The heap as text in the DOT language.
    ///
    /// ```
    /// use gcycle::{Gc, inspect::{Drawing, HeapSnapshot}};
    ///
    /// let list = Gc::new(vec![Gc::new(1)]);
    /// let dot = HeapSnapshot::capture().to_dot(&Drawing::new());
    /// assert!(dot.contains(r#"label="[0]""#), "the edge and its name");
    /// ```
    #[must_use]
    pub fn to_dot(&self, drawing: &Drawing) -> String {
        Dot(drawing.compose(self)).to_string()
    }
}

/// A picture as text in the DOT language.
struct Dot(Picture);

impl fmt::Display for Dot {
    fn fmt(&self, dot: &mut fmt::Formatter<'_>) -> fmt::Result {
        let picture = &self.0;
        writeln!(
            dot,
            "digraph heap {{\n  \
         graph [rankdir=TB, fontname=\"sans-serif\", labelloc=t, label={}];\n  \
         node [shape=box, style=\"rounded,filled\", fillcolor=\"#f6f7f9\", color=\"#8a94a6\", \
         fontname=\"sans-serif\"];\n  \
         edge [color=\"#8a94a6\", fontname=\"sans-serif\", fontsize=10];",
            Quoted(&picture.note),
        )?;
        for (number, drawn) in picture.boxes.iter().enumerate() {
            let label = format!("{}\n{}", drawn.title, drawn.detail);
            let (label, hint, style) = (Quoted(&label), Quoted(&drawn.hint), style(drawn));
            writeln!(dot, "  n{number} [label={label}, tooltip={hint}{style}];")?;
        }
        for Arrow { from, to, label } in &picture.arrows {
            writeln!(dot, "  n{from} -> n{to} [label={}];", Quoted(label))?;
        }
        dot.write_str("}\n")
    }
}

fn style(drawn: &PictureBox) -> &'static str {
    match drawn.role {
        Role::Plain => "",
        Role::Root => ", color=\"#2f6fde\", fillcolor=\"#e6efff\", penwidth=2",
        Role::Garbage => ", color=\"#8a94a6\", style=\"rounded,dashed\"",
        Role::Highlighted => ", color=\"#c2410c\", fillcolor=\"#ffedd5\", penwidth=2",
    }
}

/// Text as a string of the language.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        self.0.chars().try_for_each(|letter| match letter {
            '"' => f.write_str("\\\""),
            '\\' => f.write_str("\\\\"),
            // Graphviz reads entities of HTML in every string.
            '&' => f.write_str("&amp;"),
            '\n' => f.write_str("\\n"),
            letter => f.write_char(letter),
        })?;
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_end_its_string() {
        assert_eq!(Quoted("a\"b\\c\nd&lt;").to_string(), r#""a\"b\\c\nd&amp;lt;""#);
    }
}
