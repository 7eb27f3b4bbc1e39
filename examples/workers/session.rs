//! A session: a discussion whose posts refer to each other in all directions.

use std::cell::RefCell;

use gcycle::{Gc, Trace};

/// The discussion keeps this many of its last posts; older ones go when nobody quotes them.
const KEPT: usize = 64;

#[derive(Trace)]
#[trace(movable)]
pub(crate) struct Session {
    posts: RefCell<Vec<Gc<Post>>>,
}

#[derive(Trace)]
#[trace(movable)]
struct Post {
    text: String,
    session: Gc<Session>,
    previous: RefCell<Option<Gc<Post>>>,
    next: RefCell<Option<Gc<Post>>>,
    quotes: RefCell<Vec<Gc<Post>>>,
}

impl Session {
    pub(crate) fn new() -> Session {
        Session { posts: RefCell::default() }
    }
}

/// Adds a post that quotes earlier ones, and returns the length of what can be read from there.
pub(crate) fn serve(session: &Gc<Session>, request: usize) -> usize {
    let mut posts = session.posts.borrow_mut();
    let post = Gc::new(Post {
        text: format!("post {request}"),
        session: Gc::clone(session),
        previous: RefCell::new(posts.last().cloned()),
        next: RefCell::default(),
        quotes: RefCell::default(),
    });
    if let Some(last) = posts.last() {
        *last.next.borrow_mut() = Some(Gc::clone(&post));
    }
    for distance in [3, 7, 20] {
        if let Some(quoted) = posts.len().checked_sub(distance).map(|place| &posts[place]) {
            post.quotes.borrow_mut().push(Gc::clone(quoted));
            quoted.quotes.borrow_mut().push(Gc::clone(&post));
        }
    }
    posts.push(post);
    if posts.len() > KEPT {
        // It is in cycles with those that it quotes, as long as these are kept.
        let oldest = posts.remove(0);
        *posts[0].previous.borrow_mut() = None;
        for quoted in oldest.quotes.take() {
            quoted.quotes.borrow_mut().retain(|post| !Gc::ptr_eq(post, &oldest));
        }
    }
    posts.last().map_or(0, read)
}

/// The length of a post, of the two before it, and of what it quotes.
fn read(post: &Gc<Post>) -> usize {
    let quotes = post.quotes.borrow();
    let before = post.previous.borrow();
    let further = before.as_ref().and_then(|post| post.previous.borrow().clone());
    let posts = quotes.iter().chain(before.as_ref()).chain(further.as_ref());
    post.text.len() + posts.map(|post| post.text.len()).sum::<usize>() + kept(post)
}

fn kept(post: &Post) -> usize {
    post.session.posts.try_borrow().map_or(1, |posts| posts.len())
}
