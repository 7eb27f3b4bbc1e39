//! The three graphs, and what an operation does to each of them.
//!
//! Everything hangs from two nodes, so that no library has more roots than another. What is long
//! is cut into pages of a few hundred links, because some collectors examine a node in one go.

use fastrand::Rng;

use crate::library::Library;

/// Which graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A tree whose nodes hold their parents. An operation replaces a subtree of 50 nodes.
    Tree,
    /// Nodes with three links to others. An operation changes one link, and replaces a ring of
    /// 21 nodes that refer to the graph.
    Random,
    /// One strongly connected component. An operation moves, swaps or splices handles between
    /// its members, hangs a ring of 21 nodes into it, and takes the oldest one out.
    Component,
}

/// The two nodes that a graph hangs from: what is alive, and the rings.
pub(crate) type Graph<L> = [<L as Library>::Node; 2];

/// How many links a page has.
const PAGE: usize = 500;
/// How many subtrees a group of the tree has, and how many nodes each of them.
const SUBTREES: usize = 100;
const SUBTREE: usize = 50;
/// How many nodes a ring has.
const RING: usize = 21;
/// One ring for so many nodes is alive.
const NODES_FOR_A_RING: usize = 200;
/// The longest walk through the component, and the most members that are spliced.
const WALK: usize = 30;
const RUN: usize = 8;

impl Kind {
    /// All of them.
    pub(crate) const ALL: [Kind; 3] = [Kind::Tree, Kind::Random, Kind::Component];

    /// What the command line and the page call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Tree => "tree",
            Kind::Random => "random",
            Kind::Component => "component",
        }
    }

    /// Builds the graph with about so many nodes.
    pub(crate) fn build<L: Library>(self, library: L, live: usize, rng: &mut Rng) -> Graph<L> {
        match self {
            Kind::Tree => build_tree(library, live),
            Kind::Random => build_random(library, live, rng),
            Kind::Component => build_component(library, live, rng),
        }
    }

    /// Does the operation of this number.
    pub(crate) fn operate<L: Library>(
        self,
        library: L,
        graph: &Graph<L>,
        number: usize,
        rng: &mut Rng,
    ) {
        let [top, rings] = graph;
        match self {
            Kind::Tree => replace_subtree(library, top, rng),
            Kind::Random => {
                change_link(library, top, rng);
                replace_ring(library, top, rings, number, rng);
            }
            Kind::Component => {
                let (one, other) = (walk::<L>(top, rng), walk::<L>(top, rng));
                match rng.u8(..3) {
                    0 => move_link(library, &one, &other, rng),
                    1 => swap_links(library, &one, &other, rng),
                    _ => splice(library, &one, &other, rng),
                }
                hang_ring(library, &one, &other, rings, number);
            }
        }
    }
}

/// A node with a link to a new child, which knows it.
fn add<L: Library>(library: L, parent: &L::Node, ring: bool) -> L::Node {
    let child = library.node(Some(parent), ring);
    library.write(parent, |links| links.push(child.clone()));
    child
}

/// Pages with links to all these nodes.
fn pages<L: Library>(library: L, nodes: &[L::Node]) -> L::Node {
    let book = library.node(None, false);
    for chunk in nodes.chunks(PAGE) {
        let page = add(library, &book, false);
        library.write(&page, |links| links.extend_from_slice(chunk));
    }
    book
}

/// A random place in the pages.
fn place<L: Library>(book: &L::Node, rng: &mut Rng) -> (usize, usize) {
    let page = L::read(book, |pages| rng.usize(..pages.len()));
    let link = L::read(book, |pages| L::read(&pages[page], |links| rng.usize(..links.len())));
    (page, link)
}

/// The node at a place in the pages.
fn get<L: Library>(book: &L::Node, (page, link): (usize, usize)) -> L::Node {
    L::read(book, |pages| L::read(&pages[page], |links| links[link].clone()))
}

/// Puts a node into the pages, in the place of the one that is there the longest.
fn put<L: Library>(library: L, book: &L::Node, number: usize, node: L::Node) -> L::Node {
    L::read(book, |pages| {
        let all = (pages.len() - 1) * PAGE + L::read(&pages[pages.len() - 1], <[_]>::len);
        let (page, link) = (number % all / PAGE, number % all % PAGE);
        library.write(&pages[page], |links| std::mem::replace(&mut links[link], node))
    })
}

/// A tree of 50 nodes below the parent, which does not know it yet.
fn subtree<L: Library>(library: L, parent: &L::Node) -> L::Node {
    let top = library.node(Some(parent), false);
    for _ in 0..7 {
        let middle = add(library, &top, false);
        for _ in 0..6 {
            add(library, &middle, false);
        }
    }
    top
}

fn build_tree<L: Library>(library: L, live: usize) -> Graph<L> {
    let root = library.node(None, false);
    for _ in 0..(live / (SUBTREES * SUBTREE)).max(1) {
        let group = add(library, &root, false);
        for _ in 0..SUBTREES {
            let below = subtree(library, &group);
            library.write(&group, |links| links.push(below));
        }
    }
    [root.clone(), root]
}

fn replace_subtree<L: Library>(library: L, root: &L::Node, rng: &mut Rng) {
    L::read(root, |groups| {
        let group = &groups[rng.usize(..groups.len())];
        let new = subtree(library, group);
        let place = rng.usize(..SUBTREES);
        drop(library.write(group, |links| std::mem::replace(&mut links[place], new)));
    });
}

/// A ring of nodes which also refer to what `link` gives.
fn ring<L: Library>(
    library: L,
    parent: Option<&L::Node>,
    mut link: impl FnMut() -> L::Node,
) -> L::Node {
    let head = library.node(parent, true);
    for _ in 1..RING {
        let member = add(library, &head, true);
        let link = link();
        library.write(&member, |links| links.push(link));
    }
    head
}

/// How many rings there are beside so many nodes.
fn rings_beside(live: usize) -> usize {
    (live / NODES_FOR_A_RING).max(1)
}

fn build_random<L: Library>(library: L, live: usize, rng: &mut Rng) -> Graph<L> {
    let nodes: Vec<L::Node> = (0..live).map(|_| library.node(None, false)).collect();
    for node in &nodes {
        let links = [0; 3].map(|_| nodes[rng.usize(..live)].clone());
        library.write(node, |all| all.extend(links));
    }
    let rings = (0..rings_beside(live))
        .map(|_| ring(library, None, || nodes[rng.usize(..live)].clone()))
        .collect::<Vec<_>>();
    [pages(library, &nodes), pages(library, &rings)]
}

fn change_link<L: Library>(library: L, book: &L::Node, rng: &mut Rng) {
    let from = get::<L>(book, place::<L>(book, rng));
    let to = get::<L>(book, place::<L>(book, rng));
    let link = rng.usize(..3);
    drop(library.write(&from, |links| std::mem::replace(&mut links[link], to)));
}

fn replace_ring<L: Library>(
    library: L,
    book: &L::Node,
    rings: &L::Node,
    number: usize,
    rng: &mut Rng,
) {
    let new = ring(library, None, || get::<L>(book, place::<L>(book, rng)));
    drop(put(library, rings, number, new));
}

/// The first link of a member leads to the next member, and the last member's to the first: so
/// it is one component, whatever is done to the other links.
fn build_component<L: Library>(library: L, live: usize, rng: &mut Rng) -> Graph<L> {
    let members: Vec<L::Node> = (0..live).map(|_| library.node(None, false)).collect();
    for (index, member) in members.iter().enumerate() {
        let next = members[(index + 1) % live].clone();
        let links = [next, members[rng.usize(..live)].clone(), members[rng.usize(..live)].clone()];
        library.write(member, |all| all.extend(links));
    }
    let holders: Vec<L::Node> = (0..rings_beside(live))
        .map(|_| {
            let holder = members[rng.usize(..live)].clone();
            let new = ring(library, Some(&holder), || holder.clone());
            library.write(&holder, |links| links.push(new));
            holder
        })
        .collect();
    [members[0].clone(), pages(library, &holders)]
}

/// A member that is some steps away from the first one.
fn walk<L: Library>(first: &L::Node, rng: &mut Rng) -> L::Node {
    let mut at = first.clone();
    for _ in 0..rng.usize(..WALK) {
        let next = L::read(&at, |links| links[rng.usize(..links.len())].clone());
        if !L::is_ring(&next) {
            at = next;
        }
    }
    at
}

/// A link of a member to another one, but for the first link.
fn free_link<L: Library>(links: &[L::Node], rng: &mut Rng) -> Option<usize> {
    let place = rng.usize(..links.len());
    (place > 0 && !L::is_ring(&links[place])).then_some(place)
}

fn move_link<L: Library>(library: L, from: &L::Node, to: &L::Node, rng: &mut Rng) {
    let moved = library
        .write(from, |links| free_link::<L>(links, rng).map(|place| links.swap_remove(place)));
    if let Some(moved) = moved {
        library.write(to, |links| links.push(moved));
    }
}

fn swap_links<L: Library>(library: L, one: &L::Node, other: &L::Node, rng: &mut Rng) {
    if L::is_same(one, other) {
        return;
    }
    library.write(one, |links| {
        library.write(other, |others| {
            let places = (free_link::<L>(links, rng), free_link::<L>(others, rng));
            if let (Some(place), Some(other)) = places {
                std::mem::swap(&mut links[place], &mut others[other]);
            }
        });
    });
}

/// The member that the first link leads to.
fn next<L: Library>(member: &L::Node) -> L::Node {
    L::read(member, |links| links[0].clone())
}

fn set_next<L: Library>(library: L, member: &L::Node, next: L::Node) -> L::Node {
    library.write(member, |links| std::mem::replace(&mut links[0], next))
}

/// Takes the members that follow on one, and puts them behind the other.
fn splice<L: Library>(library: L, one: &L::Node, other: &L::Node, rng: &mut Rng) {
    let first = next::<L>(one);
    let mut last = first.clone();
    let stays = |member: &L::Node| L::is_same(member, one) || L::is_same(member, other);
    if L::is_same(one, other) || stays(&first) {
        return;
    }
    for _ in 0..rng.usize(..RUN) {
        let following = next::<L>(&last);
        if stays(&following) {
            break;
        }
        last = following;
    }
    let rest = next::<L>(&last);
    drop(set_next(library, one, rest));
    let behind = set_next(library, other, first);
    drop(set_next(library, &last, behind));
}

/// Hangs a new ring into a member, and takes the oldest out of the one that has it.
fn hang_ring<L: Library>(
    library: L,
    holder: &L::Node,
    other: &L::Node,
    holders: &L::Node,
    number: usize,
) {
    let new = ring(library, Some(holder), || other.clone());
    library.write(holder, |links| links.push(new));
    let oldest = put(library, holders, number, holder.clone());
    let removed = library
        .write(&oldest, |links| links.iter().position(L::is_ring).map(|place| links.remove(place)));
    drop(removed);
}

/// How many members the component has.
#[cfg(test)]
pub(crate) fn members<L: Library>(first: &L::Node) -> usize {
    let mut at = next::<L>(first);
    let mut count = 1;
    while !L::is_same(&at, first) {
        at = next::<L>(&at);
        count += 1;
    }
    count
}
