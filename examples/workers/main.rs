//! A pool of threads that serve sessions, each of which is a graph with cycles.
//!
//! ```console
//! $ cargo run --release -p gcycle-examples --features isolates --example workers
//! ```
//!
//! A session lives in an isolate. Between two requests it is detached and lies in a `Mutex`, where
//! the next thread that is free finds it. Whether it may be detached is decided anew each time: if
//! the code that serves a request kept a handle anywhere, the program would say so here.
//!
//! The same sessions on `Rc` cannot move. Each is pinned to a thread, which gets the requests for it
//! through a channel; and whoever wrote them had to decide which handles are weak.

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "written as a user would write it"
)]

mod pinned;
mod session;

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use gcycle::{Detached, Isolate};

use session::Session;

const THREADS: usize = 4;
const SESSIONS: usize = 200;
/// A client sends a few requests before the next one has its turn.
const IN_A_ROW: usize = 16;
const REQUESTS: usize = 200_000;
const _: () = assert!(REQUESTS.is_multiple_of(IN_A_ROW));

fn session_of(request: usize) -> usize {
    request / IN_A_ROW * 7 % SESSIONS
}

/// All requests, by threads that take any session: the sum of the answers, and how long it took.
fn moving() -> (usize, Duration) {
    let detached = || Isolate::new(Session::new).detach().expect("it is new");
    let sessions: Vec<Mutex<Option<Detached<Session>>>> =
        (0..SESSIONS).map(|_| Mutex::new(Some(detached()))).collect();
    let (next, sum) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let first = next.fetch_add(IN_A_ROW, Ordering::Relaxed);
                    if first >= REQUESTS {
                        break;
                    }
                    let mut place = sessions[session_of(first)].lock().expect("nobody panics");
                    let isolate = place.take().expect("it is put back").attach();
                    let answers: usize = isolate.enter(|session| {
                        (first..first + IN_A_ROW)
                            .map(|request| session::serve(session, request))
                            .sum()
                    });
                    sum.fetch_add(answers, Ordering::Relaxed);
                    *place = Some(isolate.detach().unwrap_or_else(|refused| panic!("{refused}")));
                }
            });
        }
    });
    (sum.into_inner(), start.elapsed())
}

/// The same by threads that have sessions of their own.
fn pinned() -> (usize, Duration) {
    let sum = AtomicUsize::new(0);
    let start = Instant::now();
    thread::scope(|scope| {
        let serve = |requests: mpsc::Receiver<usize>| {
            let mut sessions: HashMap<usize, Rc<pinned::Session>> = HashMap::new();
            for first in requests {
                let session =
                    sessions.entry(session_of(first)).or_insert_with(pinned::Session::new);
                let answers: usize =
                    (first..first + IN_A_ROW).map(|request| pinned::serve(session, request)).sum();
                sum.fetch_add(answers, Ordering::Relaxed);
            }
        };
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                let (sender, receiver) = mpsc::channel();
                scope.spawn(move || serve(receiver));
                sender
            })
            .collect();
        for first in (0..REQUESTS).step_by(IN_A_ROW) {
            threads[session_of(first) % THREADS].send(first).expect("it waits for requests");
        }
    });
    (sum.into_inner(), start.elapsed())
}

fn main() {
    println!("{REQUESTS} requests for {SESSIONS} sessions by {THREADS} threads");
    for (name, run) in [("moving isolates", moving as fn() -> _), ("pinned, on Rc", pinned)] {
        let (sum, time) = run();
        let each = time.as_nanos() / REQUESTS as u128;
        println!("{name:16} {each:6} nanoseconds a request (sum of the answers {sum})");
    }
}
