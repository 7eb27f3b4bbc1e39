//! `petgraph` 0.8: graphs that own the weights of their nodes and edges.
//!
//! The nodes of a `GraphMap` are `Copy`, so they own no `Gc`.

use alloc::vec::Vec;
use core::hash::BuildHasher;
use petgraph_0_8::graph::{Edge, EdgeIndex, Graph, IndexType, Node, NodeIndex};
use petgraph_0_8::graphmap::{GraphMap, NodeTrait};
use petgraph_0_8::stable_graph::StableGraph;
use petgraph_0_8::{Directed, Direction, EdgeType, Undirected};

use crate::trace::contract::{Acyclic, Trace};
use crate::trace::finalizing::Finalizing;
use crate::trace::impls::contents::{items, label_items, trace_items};
use crate::trace::recursion::{NoGcLeadsBackTo, Owns};
use crate::trace::tracer::{LabelTracer, Tracer};

macro_rules! graphs {
    ($($graph:ident),*) => {$(
        // SAFETY: the graph is the only owner of the weights of its nodes and
        // edges, and only drops them; each is visited once, by reference. The
        // weights keep the contract for the rest.
        unsafe impl<N: Trace, E: Trace, Ty: EdgeType, Ix: IndexType> Trace
            for $graph<N, E, Ty, Ix>
        {
            fn trace(&self, tracer: &mut Tracer<'_>) {
                trace_items(self.node_weights(), tracer);
                trace_items(self.edge_weights(), tracer);
            }

            fn trace_labelled(&self, tracer: &mut LabelTracer<'_>) {
                let (nodes, edges) = self.capacity();
                tracer.owns(items::<Node<N, Ix>>(nodes));
                tracer.owns(items::<Edge<E, Ix>>(edges));
                label_items(self.node_weights(), &mut tracer.field("nodes"));
                label_items(self.edge_weights(), &mut tracer.field("edges"));
            }

            as_its_contents! { N, E }

            finalizes_its_contents! { N, E }

            fn finalize_contents(&self, finalizing: &mut Finalizing) {
                finalizing.items(self.node_weights());
                finalizing.items(self.edge_weights());
            }
        }

        impl<N: Acyclic, E: Acyclic, Ty: EdgeType, Ix: IndexType> Acyclic
            for $graph<N, E, Ty, Ix>
        {
        }

        impl<N: Owns, E: Owns, Ty: EdgeType, Ix: IndexType> Owns for $graph<N, E, Ty, Ix> {
            type Owned = (NoGcLeadsBackTo<N>, NoGcLeadsBackTo<E>);
        }
    )*};
}

graphs!(Graph, StableGraph);

sequences! {
    {N: NodeTrait, T, Ty: EdgeType, S: BuildHasher} GraphMap<N, T, Ty, S>
        => |this| this.all_edges().map(|(_, _, weight)| weight)
        => owns items::<(N, Vec<N>)>(this.capacity().0) + items::<([N; 4], T)>(this.capacity().1),
}

leaves! {
    {Ix} NodeIndex<Ix>, {Ix} EdgeIndex<Ix>, Directed, Undirected, Direction,
}
