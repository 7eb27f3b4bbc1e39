//! The texts of a file for the DevTools, each once.

use alloc::string::{String, ToString};
use std::collections::HashMap;

use crate::inspect::graph::heap_graph::narrow;
use crate::inspect::snapshot::harmless::Harmless;
use crate::inspect::snapshot::object_info::Edge;
use crate::object::label::Label;

/// The texts of the file and their numbers.
pub(crate) struct Strings {
    pub(crate) numbers: HashMap<String, u32>,
    labels: HashMap<Label, u32>,
}

impl Default for Strings {
    /// The empty text is number 0.
    fn default() -> Self {
        Strings { numbers: HashMap::from([(String::new(), 0)]), labels: HashMap::new() }
    }
}

impl Strings {
    /// The number of this text, which is written [harmless](Harmless).
    pub(crate) fn number_of(&mut self, text: &str) -> u32 {
        let text = Harmless(text).to_string();
        if let Some(&number) = self.numbers.get(&text) {
            return number;
        }
        let number = narrow(self.numbers.len());
        self.numbers.insert(text, number);
        number
    }

    /// The number of the name of this edge.
    pub(crate) fn number_of_label(&mut self, edge: Edge<'_>, label: Label) -> u32 {
        if let Some(&number) = self.labels.get(&label) {
            return number;
        }
        let number = self.number_of(&edge.label().to_string());
        self.labels.insert(label, number);
        number
    }
}
