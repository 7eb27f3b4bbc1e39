//! A way on which roots hold objects: paths that lead through the same fields and types.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::inspect::snapshot::harmless::Harmless;
use crate::inspect::snapshot::object_info::ObjectInfo;
use crate::inspect::snapshot::type_name::short;

/// A way from roots to objects: the shortest paths that lead through the same fields and types.
#[derive(Clone, Debug)]
pub struct Way<'a> {
    pub(crate) beginning: Beginning<'a>,
    pub(crate) steps: Vec<WayStep>,
    pub(crate) roots: Vec<ObjectInfo<'a>>,
    pub(crate) ends: Vec<ObjectInfo<'a>>,
}

/// Where a way begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Beginning<'a> {
    /// The name of the root, if it has one.
    pub(crate) name: Option<&'a str>,
    pub(crate) type_name: &'static str,
    /// There are steps before, which are left out.
    pub(crate) is_cut: bool,
}

/// One step on a [`Way`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct WayStep {
    /// The field, with a star in place of each position: `listeners[*]`. Empty if a hand-written
    /// `Trace` does not name it.
    pub label: String,
    /// The type of the object that it leads to.
    pub type_name: &'static str,
    /// Whether it can be taken several times in a row, as in a list.
    pub is_repeated: bool,
}

impl<'a> Way<'a> {
    /// The roots where it begins, by address; or the objects behind the steps that are left out.
    #[must_use]
    pub fn roots(&self) -> &[ObjectInfo<'a>] {
        &self.roots
    }

    /// The name of the roots, if the program [gave](crate::inspect::name) them one.
    #[must_use]
    pub fn root_name(&self) -> Option<&'a str> {
        self.beginning.name
    }

    /// The type of the roots.
    #[must_use]
    pub fn root_type(&self) -> &'static str {
        self.beginning.type_name
    }

    /// Whether there are more steps before the first one.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.beginning.is_cut
    }

    /// The steps, from the root on; none if the objects are roots themselves.
    #[must_use]
    pub fn steps(&self) -> &[WayStep] {
        &self.steps
    }

    /// The objects that hang on it, by address.
    #[must_use]
    pub fn objects(&self) -> &[ObjectInfo<'a>] {
        &self.ends
    }
}

impl fmt::Display for Way<'_> {
    /// In one line, with short names of types.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Beginning { name, type_name, is_cut } = self.beginning;
        if is_cut {
            f.write_str("… → ")?;
        }
        if let Some(name) = name {
            write!(f, "{name:?} ")?;
        }
        f.write_str(&short(type_name))?;
        for WayStep { label, type_name, is_repeated } in &self.steps {
            let dot = if label.starts_with('[') { "" } else { "." };
            let label = if label.is_empty() { "(unnamed)" } else { label };
            let plus = if *is_repeated { "+" } else { "" };
            let label = Harmless(label);
            write!(f, "{dot}{label}{plus} → {}", short(type_name))?;
        }
        Ok(())
    }
}
