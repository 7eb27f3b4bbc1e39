//! Tables for a terminal: columns that line up, whatever stands in them.
//!
//! Cells may hold what the program wrote, and that may come from a network. It is made
//! [`Harmless`], so that a line break cannot begin a line of the table. What takes more or less than one column
//! is measured by the crate that draws the table.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use comfy_table::{CellAlignment, ContentArrangement, ContentLineStyle, LineStyle, TableStyle};

use crate::inspect::snapshot::harmless::Harmless;

/// A line below the head, and nothing else that is drawn.
const STYLE: TableStyle =
    TableStyle::new().header_lines(ContentLineStyle::none()).header_separator(
        // Columns are apart by spaces alone, and the line goes through.
        LineStyle::none().fill('─').junction('─'),
    );

/// On which side the cells of a column begin.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Align {
    /// As words do.
    Left,
    /// As numbers do.
    Right,
}

/// A table whose rows are added one after the other.
#[derive(Debug)]
pub(crate) struct Table<const COLUMNS: usize>(comfy_table::Table);

impl<const COLUMNS: usize> Table<COLUMNS> {
    /// A table without rows.
    pub(crate) fn new(columns: [(&str, Align); COLUMNS]) -> Table<COLUMNS> {
        let mut table = comfy_table::Table::new();
        table.load_style(STYLE).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(columns.map(|(title, _)| title));
        for (column, (_, align)) in table.column_iter_mut().zip(columns) {
            column.set_cell_alignment(match align {
                Align::Left => CellAlignment::Left,
                Align::Right => CellAlignment::Right,
            });
        }
        Table(table)
    }

    /// Adds a row. The cells may hold anything.
    pub(crate) fn add(&mut self, cells: [String; COLUMNS]) {
        self.0.add_row(cells.map(|cell| Harmless(&cell).to_string()));
    }
}

impl<const COLUMNS: usize> fmt::Display for Table<COLUMNS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.trim_fmt())
    }
}

/// A number with its digits in groups of three.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its sign, and with its digits in groups of three.
pub(crate) fn signed(number: isize) -> String {
    let sign = if number < 0 { '-' } else { '+' };
    format!("{sign}{}", grouped(number.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_in_groups_of_three() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!((signed(-1000), signed(0)), ("-1,000".into(), "+0".into()));
    }

    #[test]
    fn columns_line_up_and_nothing_follows_the_last_word() {
        let mut table = Table::new([("count", Align::Right), ("type", Align::Left)]);
        table.add(["7".into(), "a::Type".into()]);
        table.add(["1,000".into(), "str".into()]);
        let lines = [" count   type", "─────────────────", "     7   a::Type", " 1,000   str"];
        assert_eq!(table.to_string().lines().collect::<alloc::vec::Vec<_>>(), lines);
    }

    #[test]
    fn whatever_stands_in_a_cell_a_row_is_one_line_without_control_characters() {
        for hostile in [
            "a\nb",
            "\r\t",
            "\u{1B}[31mred",
            "\u{9B}31m",
            "\u{202E}abc\u{2066}",
            "\u{2028}",
            "\0\u{7F}",
        ] {
            let mut table = Table::new([("text", Align::Left)]);
            table.add([hostile.into()]);
            let text = table.to_string();
            assert_eq!(text.lines().count(), 3, "{text:?}");
            let is_bad = |letter: char| {
                letter.is_control() && letter != '\n'
                    || matches!(letter, '\u{2028}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
            };
            assert!(!text.contains(is_bad), "{text:?}");
        }
    }
}
