//! The same session on `Rc`, which has to stay on its thread. What leads back is `Weak`, and what
//! leads forwards must not lead back.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

const KEPT: usize = 64;

pub(crate) struct Session {
    posts: RefCell<Vec<Rc<Post>>>,
}

struct Post {
    text: String,
    session: Weak<Session>,
    previous: RefCell<Weak<Post>>,
    next: RefCell<Option<Rc<Post>>>,
    quotes: RefCell<Vec<Weak<Post>>>,
}

impl Session {
    pub(crate) fn new() -> Rc<Session> {
        Rc::new(Session { posts: RefCell::default() })
    }
}

pub(crate) fn serve(session: &Rc<Session>, request: usize) -> usize {
    let mut posts = session.posts.borrow_mut();
    let post = Rc::new(Post {
        text: format!("post {request}"),
        session: Rc::downgrade(session),
        previous: RefCell::new(posts.last().map(Rc::downgrade).unwrap_or_default()),
        next: RefCell::default(),
        quotes: RefCell::default(),
    });
    if let Some(last) = posts.last() {
        *last.next.borrow_mut() = Some(Rc::clone(&post));
    }
    for distance in [3, 7, 20] {
        if let Some(quoted) = posts.len().checked_sub(distance).map(|place| &posts[place]) {
            post.quotes.borrow_mut().push(Rc::downgrade(quoted));
            quoted.quotes.borrow_mut().push(Rc::downgrade(&post));
        }
    }
    posts.push(post);
    if posts.len() > KEPT {
        let oldest = posts.remove(0);
        *posts[0].previous.borrow_mut() = Weak::new();
        for quoted in oldest.quotes.take().iter().filter_map(Weak::upgrade) {
            quoted.quotes.borrow_mut().retain(|post| post.as_ptr() != Rc::as_ptr(&oldest));
        }
    }
    posts.last().map_or(0, read)
}

fn read(post: &Rc<Post>) -> usize {
    let quotes: Vec<_> = post.quotes.borrow().iter().filter_map(Weak::upgrade).collect();
    let before = post.previous.borrow().upgrade();
    let further = before.as_ref().and_then(|post| post.previous.borrow().upgrade());
    let posts = quotes.iter().chain(before.as_ref()).chain(further.as_ref());
    post.text.len() + posts.map(|post| post.text.len()).sum::<usize>() + kept(post)
}

fn kept(post: &Post) -> usize {
    let session = post.session.upgrade();
    session.map_or(1, |session| session.posts.try_borrow().map_or(1, |posts| posts.len()))
}
