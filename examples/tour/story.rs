//! How the story is told: chapters, sentences, and expressions with what they
//! came to.

use std::fmt::Debug;
use std::io::Write;

/// Where an expression's value stands on the page.
const VALUE_COLUMN: usize = 52;

/// Writes the story.
pub(super) struct Story {
    out: Box<dyn Write>,
    chapters: u32,
    checks: u32,
}

/// Shows an expression and its value, and checks that it is as expected:
/// `show!(story, expression => expected)`.
macro_rules! show {
    ($story:expr, $expression:expr => $expected:expr) => {
        $story.show(stringify!($expression), &$expression, &$expected)
    };
}
pub(super) use show;

/// Shows a statement and runs it: `run!(story, statement)`.
macro_rules! run {
    ($story:expr, $($statement:tt)*) => {
        $story.statement(stringify!($($statement)*));
        $($statement)*;
    };
}
pub(super) use run;

impl Story {
    /// A story without chapters yet.
    pub(super) fn new(out: Box<dyn Write>) -> Story {
        Story { out, chapters: 0, checks: 0 }
    }

    fn line(&mut self, line: &str) {
        writeln!(self.out, "{line}").expect("the story can be written");
    }

    /// Begins a chapter.
    pub(super) fn chapter(&mut self, title: &str) {
        self.chapters += 1;
        let title = format!("{}. {title}", self.chapters);
        self.line("");
        self.line(&title);
        self.line(&"=".repeat(title.len()));
    }

    /// A paragraph.
    pub(super) fn say(&mut self, text: &str) {
        self.line("");
        for line in text.lines() {
            self.line(line.trim());
        }
    }

    /// A line that belongs to what was said before.
    pub(super) fn note(&mut self, text: &str) {
        self.line(&format!("    {text}"));
    }

    /// A statement that is run.
    pub(super) fn statement(&mut self, source: &str) {
        let source = source.split_whitespace().collect::<Vec<_>>().join(" ");
        self.note(&source);
    }

    /// An expression with its value, which must be as expected.
    pub(super) fn show<T: Debug + PartialEq<U>, U: Debug>(
        &mut self,
        source: &str,
        value: &T,
        expected: &U,
    ) {
        let source = source.split_whitespace().collect::<Vec<_>>().join(" ");
        self.note(&format!("{source:<VALUE_COLUMN$} {value:?}"));
        assert!(*value == *expected, "{source} is {value:?} and should be {expected:?}");
        self.checks += 1;
    }

    /// A claim that is checked.
    pub(super) fn check(&mut self, claim: &str, holds: bool) {
        assert!(holds, "it does not hold: {claim}");
        self.note(&format!("{claim:<VALUE_COLUMN$} yes"));
        self.checks += 1;
    }

    /// Ends the story.
    pub(super) fn end(mut self) {
        let (chapters, checks) = (self.chapters, self.checks);
        self.say(&format!("{chapters} chapters, {checks} checks: all of it was true."));
    }
}
