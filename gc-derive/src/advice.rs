//! Fields whose types the compiler should say more about, if they are not `Trace`.
//!
//! A derive sees names. If a type of the program has the name of one below, the message says
//! what to do then, too.

use proc_macro2::Ident;

use crate::parse::FieldType;
use crate::ty::at;

/// The crates with containers for which there is a feature, and the names that tell them in
/// the type of a field. Where std has the same name, it is the crate's name in the path.
const CONTAINERS: &[(&str, &[&str])] = &[
    ("arrayvec", &["arrayvec", "ArrayVec"]),
    ("dashmap", &["dashmap", "DashMap", "DashSet"]),
    ("either", &["either", "Either"]),
    ("enum_map", &["enum_map", "EnumMap"]),
    ("hashbrown", &["hashbrown"]),
    ("indexmap", &["indexmap", "IndexMap", "IndexSet"]),
    ("ndarray", &["ndarray", "Array1", "Array2", "Array3", "ArrayD"]),
    ("parking_lot", &["parking_lot", "FairMutex", "ReentrantMutex"]),
    (
        "petgraph",
        &[
            "petgraph",
            "DiGraph",
            "DiGraphMap",
            "GraphMap",
            "StableDiGraph",
            "StableGraph",
            "StableUnGraph",
            "UnGraph",
            "UnGraphMap",
        ],
    ),
    ("slotmap", &["slotmap", "DenseSlotMap", "HopSlotMap", "SecondaryMap", "SlotMap"]),
    ("smallvec", &["smallvec", "SmallVec"]),
    ("thin_vec", &["thin_vec", "ThinVec"]),
];

/// The function of `__private::advice` to be asked about a field of the type `ty`.
pub(crate) fn about(ty: &FieldType) -> Option<Ident> {
    let is_closure = ty.has_any(&["dyn"])
        && ty.has_any(&["Fn", "FnMut", "FnOnce"])
        && !ty.has_any(&["Gc", "Rc", "Arc", "Send"]);
    let container = || {
        let (function, _) = CONTAINERS.iter().find(|(_, names)| ty.has_any(names))?;
        Some(*function)
    };
    let function = if is_closure { "closure" } else { container()? };
    Some(Ident::new(function, at(ty.ends().0)))
}
