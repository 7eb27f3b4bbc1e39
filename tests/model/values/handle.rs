//! Handles and weak handles to objects of any of the types.

use std::cell::RefCell;

use gcycle::{Closure, Gc, Trace, Tracer, Untraced, Weak, unsize};

use super::copy::{Separate, clones_panic};
use super::edges::Edges;
use super::log::{SharedLog, Tag, next_id};
use super::payload::{Loud, Payload, To4K, To64};
use super::special::{AliasOf, Lend as _};
use super::{Acyclic, Body, Empty, Finalized, Id, Leaf, Recipe, Shape};
use crate::program::{Behaviour, Kind};

macro_rules! kinds {
    ($($variant:ident: $value:ty;)*) => {
        /// A handle to an object of any of the types.
        #[derive(Clone)]
        pub(crate) enum Handle {
            $($variant(Gc<$value>),)*
            /// The number of an object that cannot keep it.
            Empty(Id, Gc<Empty>),
        }

        // SAFETY: a weak handle owns nothing, and tells of its watch.
        unsafe impl Trace for AnyWeak {
            fn trace(&self, tracer: &mut Tracer<'_>) {
                match self {
                    $(AnyWeak::$variant(weak) => weak.trace(tracer),)*
                    AnyWeak::Empty(_, weak) => weak.trace(tracer),
                }
            }
        }

        // SAFETY: each variant owns one handle, and reports it.
        unsafe impl Trace for Handle {
            fn trace(&self, tracer: &mut Tracer<'_>) {
                match self {
                    $(Handle::$variant(gc) => gc.trace(tracer),)*
                    Handle::Empty(_, gc) => gc.trace(tracer),
                }
            }
        }

        /// A weak handle to an object of any of the types.
        #[derive(Clone)]
        pub(crate) enum AnyWeak {
            $($variant(Weak<$value>),)*
            Empty(Id, Weak<Empty>),
        }

        impl Handle {
            /// A weak handle to the same object.
            pub(crate) fn downgrade(&self) -> AnyWeak {
                match self {
                    $(Handle::$variant(gc) => AnyWeak::$variant(Gc::downgrade(gc)),)*
                    Handle::Empty(id, gc) => AnyWeak::Empty(*id, Gc::downgrade(gc)),
                }
            }

            /// A weak handle to the same object that calls back.
            pub(crate) fn downgrade_with(&self, callback: impl FnOnce() + 'static) -> AnyWeak {
                match self {
                    $(Handle::$variant(gc) => {
                        AnyWeak::$variant(Gc::downgrade_with(gc, callback))
                    })*
                    Handle::Empty(id, gc) => {
                        AnyWeak::Empty(*id, Gc::downgrade_with(gc, callback))
                    }
                }
            }

            /// Runs `run` while `get_mut` lends the object; `None` if it does
            /// not.
            pub(crate) fn lent<R>(&mut self, run: impl FnOnce() -> R) -> Option<R> {
                match self {
                    $(Handle::$variant(gc) => {
                        let mut value = Gc::get_mut(gc)?;
                        let _lent = value.lend();
                        Some(run())
                    })*
                    Handle::Empty(_, gc) => {
                        let _lent = Gc::get_mut(gc)?;
                        Some(run())
                    }
                }
            }

            /// Calls `make_mut`; the clone that it may make tells `log` of itself.
            pub(crate) fn make_mut(&mut self, log: &SharedLog) {
                match self {
                    $(Handle::$variant(gc) => {
                        drop(Separate::new(gc, AnyWeak::$variant).make_mut().lend());
                    })*
                    Handle::Empty(id, gc) => {
                        let is_cloned = Gc::strong_count(gc) > 1 && !clones_panic();
                        let clone = is_cloned.then(|| next_id(log, Kind::Empty));
                        drop(Gc::make_mut(gc));
                        *id = clone.unwrap_or(*id);
                    }
                }
            }

            /// The same handle, as the key of a weak map. Another one would make
            /// the object a candidate when it is dropped.
            pub(super) fn as_key(&self) -> AliasOf<'_> {
                match self {
                    $(Handle::$variant(gc) => AliasOf::new(gc, |gc| unsize!(gc => dyn Trace)),)*
                    Handle::Empty(_, gc) => AliasOf::new(gc, |gc| unsize!(gc => dyn Trace)),
                }
            }

            /// The number of handles to the object.
            pub(crate) fn strong_count(&self) -> usize {
                match self {
                    $(Handle::$variant(gc) => Gc::strong_count(gc),)*
                    Handle::Empty(_, gc) => Gc::strong_count(gc),
                }
            }

            /// The number of weak handles to the object.
            pub(crate) fn weak_count(&self) -> usize {
                match self {
                    $(Handle::$variant(gc) => Gc::weak_count(gc),)*
                    Handle::Empty(_, gc) => Gc::weak_count(gc),
                }
            }
        }

        impl AnyWeak {
            /// A handle to the object, if it is there.
            pub(crate) fn upgrade(&self) -> Option<Handle> {
                match self {
                    $(AnyWeak::$variant(weak) => weak.upgrade().map(Handle::$variant),)*
                    AnyWeak::Empty(id, weak) => weak.upgrade().map(|gc| Handle::Empty(*id, gc)),
                }
            }

            /// Whether a callback waits.
            pub(crate) fn has_callback(&self) -> bool {
                match self {
                    $(AnyWeak::$variant(weak) => weak.has_callback(),)*
                    AnyWeak::Empty(_, weak) => weak.has_callback(),
                }
            }

            /// The numbers of handles and weak handles.
            pub(crate) fn counts(&self) -> (usize, usize) {
                match self {
                    $(AnyWeak::$variant(weak) => (weak.strong_count(), weak.weak_count()),)*
                    AnyWeak::Empty(_, weak) => (weak.strong_count(), weak.weak_count()),
                }
            }
        }
    };
}

kinds! {
    Small: Shape<()>;
    SmallLoud: Shape<Loud>;
    SmallFinalized: Finalized<()>;
    Medium: Shape<[u8; 600]>;
    MediumFinalized: Finalized<[u8; 600]>;
    Large: Shape<[u8; 30_000]>;
    LargeFinalized: Finalized<[u8; 30_000]>;
    Aligned: Shape<To64>;
    AlignedFinalized: Finalized<To64>;
    Overaligned: Shape<To4K>;
    OveralignedFinalized: Finalized<To4K>;
    Leaf: Leaf;
    Acyclic: Acyclic;
    Closure: Closure<Body, fn(&Body) -> Id>;
}

/// The fields that a check looks at.
pub(super) struct View<'a> {
    pub(super) body: &'a Body,
    is_intact: bool,
}

fn shape<P: Payload>(shape: &Shape<P>) -> View<'_> {
    View { body: &shape.body, is_intact: shape.payload.is_intact(shape.body.tag.id) }
}

fn finalized<P: Payload>(value: &Finalized<P>) -> View<'_> {
    View { body: &value.body, is_intact: value.payload.is_intact(value.body.tag.id) }
}

fn make_shape<P: Payload>(id: Id, recipe: Recipe<'_>) -> Gc<Shape<P>> {
    Gc::new(Shape { body: Body::new(id, recipe), payload: Untraced(P::make(id)) })
}

fn make_finalized<P: Payload>(
    id: Id,
    recipe: Recipe<'_>,
    handle: fn(Gc<Finalized<P>>) -> Handle,
    weak: fn(Weak<Finalized<P>>) -> AnyWeak,
) -> Handle {
    let gc = Gc::new(Finalized {
        body: Body::new(id, recipe),
        behaviour: recipe.behaviour,
        own: RefCell::new(AnyWeak::Small(Weak::new())),
        stored: Untraced(recipe.stored.clone()),
        payload: Untraced(P::make(id)),
    });
    *gc.own.borrow_mut() = weak(Gc::downgrade(&gc));
    handle(gc)
}

impl Handle {
    /// Makes an object, with the next number.
    pub(crate) fn make(recipe: Recipe<'_>) -> Handle {
        let id = next_id(recipe.log, recipe.kind);
        if recipe.behaviour.has_finalizer() {
            macro_rules! finalized {
                ($variant:ident) => {
                    return make_finalized(id, recipe, Handle::$variant, AnyWeak::$variant)
                };
            }
            match recipe.kind {
                Kind::Small => finalized!(SmallFinalized),
                Kind::Medium => finalized!(MediumFinalized),
                Kind::Large => finalized!(LargeFinalized),
                Kind::Aligned => finalized!(AlignedFinalized),
                Kind::Overaligned => finalized!(OveralignedFinalized),
                Kind::Empty | Kind::Leaf | Kind::Acyclic | Kind::Entry => {}
            }
        }
        match recipe.kind {
            Kind::Small if recipe.behaviour == Behaviour::PanicInDrop => {
                Handle::SmallLoud(make_shape(id, recipe))
            }
            Kind::Small => Handle::Small(make_shape(id, recipe)),
            Kind::Medium => Handle::Medium(make_shape(id, recipe)),
            Kind::Large => Handle::Large(make_shape(id, recipe)),
            Kind::Aligned => Handle::Aligned(make_shape(id, recipe)),
            Kind::Overaligned => Handle::Overaligned(make_shape(id, recipe)),
            Kind::Empty => Handle::Empty(id, Gc::new(Empty)),
            Kind::Leaf => {
                let panics = recipe.behaviour == Behaviour::PanicInDrop;
                let tag = Tag { id, log: recipe.log.clone(), panics };
                Handle::Leaf(Gc::new(Leaf(Untraced(tag), !u64::from(id))))
            }
            Kind::Acyclic => Handle::Acyclic(Gc::new(Acyclic(Body::new(id, recipe)))),
            Kind::Entry => unreachable!("weak maps make entries"),
        }
    }

    pub(super) fn view(&self) -> Option<View<'_>> {
        Some(match self {
            Handle::Small(gc) => shape(gc),
            Handle::SmallLoud(gc) => shape(gc),
            Handle::SmallFinalized(gc) => finalized(gc),
            Handle::Medium(gc) => shape(gc),
            Handle::MediumFinalized(gc) => finalized(gc),
            Handle::Large(gc) => shape(gc),
            Handle::LargeFinalized(gc) => finalized(gc),
            Handle::Aligned(gc) => shape(gc),
            Handle::AlignedFinalized(gc) => finalized(gc),
            Handle::Overaligned(gc) => shape(gc),
            Handle::OveralignedFinalized(gc) => finalized(gc),
            Handle::Acyclic(gc) => View { body: &gc.0, is_intact: true },
            Handle::Closure(gc) => {
                let body = gc.captures();
                View { body, is_intact: gc.as_fn::<dyn Fn() -> Id>()() == body.tag.id }
            }
            Handle::Leaf(_) | Handle::Empty(..) => return None,
        })
    }

    /// The number of the object.
    pub(crate) fn id(&self) -> Id {
        match self {
            Handle::Leaf(gc) => gc.0.id,
            Handle::Empty(id, _) => *id,
            _ => self.view().expect("others have a body").body.tag.id,
        }
    }

    /// Whether the value is as it was made.
    pub(crate) fn is_intact(&self) -> bool {
        match self {
            Handle::Leaf(gc) => gc.1 == !u64::from(gc.0.id),
            _ => self.view().is_none_or(|view| view.is_intact),
        }
    }

    pub(super) fn body(&self) -> &Body {
        self.view().expect("the object owns edges").body
    }

    /// Adds an edge.
    pub(crate) fn push_edge(&self, target: Handle) {
        self.body().edges.push(target);
    }

    /// Removes an edge; the last one takes its place.
    pub(crate) fn remove_edge(&self, index: usize) -> Handle {
        self.body().edges.swap_remove(index)
    }

    /// Removes all edges.
    pub(crate) fn take_edges(&self) -> Vec<Handle> {
        self.body().edges.take()
    }

    pub(super) fn first_edge(&self) -> Option<Handle> {
        let mut first = None;
        self.for_each_edge(|edge| {
            if first.is_none() {
                first = Some(edge.clone());
            }
        });
        first
    }

    /// The targets of the edges, in order.
    pub(crate) fn targets(&self) -> Vec<Id> {
        let mut targets = Vec::new();
        self.for_each_edge(|edge| targets.push(edge.id()));
        targets
    }

    /// Calls `look` with each edge, in order.
    pub(crate) fn for_each_edge(&self, look: impl FnMut(&Handle)) {
        if let Some(view) = self.view() {
            view.body.edges.for_each(look);
        }
    }

    /// Whether the container of the edges knows a borrowed state.
    pub(crate) fn is_borrowable(&self) -> bool {
        self.view().is_some_and(|view| !matches!(view.body.edges, Edges::Cell(_)))
    }

    /// Runs `run` while the edges are borrowed.
    pub(crate) fn borrowed<R>(&self, run: impl FnOnce() -> R) -> R {
        match self.view() {
            Some(view) => view.body.edges.borrowed(run),
            None => run(),
        }
    }

    /// Gives the object a weak handle.
    pub(crate) fn store_weak(&self, weak: AnyWeak) {
        self.body().weaks.borrow_mut().push(weak);
    }

    /// Upgrades a weak handle that the object owns.
    pub(crate) fn upgrade_stored(&self, index: usize) -> Option<Handle> {
        self.body().weaks.borrow()[index].upgrade()
    }
}
