//! A server of Lox sessions, whose machines go to whichever thread is free.
//!
//! ```text
//!   cargo run --release --features isolates --example lox_workers
//! ```
//!
//! Each client has a session: a machine with its globals, classes, closures and the cycles between
//! them, in an isolate. Clients are tasks of a runtime with several threads. A request takes the
//! session out of its mutex, runs on the thread that the task happens to be on, and puts it back. The
//! counts prove each time that nothing of the machine stays behind, interned names included.
//!
//! Without isolates a machine stays on the thread that made it, and its requests have to go there.

#![forbid(unsafe_code)]

extern crate alloc;

mod chunk;
mod compiler;
mod debug;
mod fuse;
mod globals;
mod natives;
mod number;
mod object;
mod outcome;
mod scanner;
mod token;
mod value;
mod vm;

use alloc::sync::Arc;
use core::cell::RefCell;
use core::mem;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use core::time::Duration;
use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::{PoisonError, mpsc};
use std::thread::{self, ThreadId};
use std::time::Instant;

use gcycle::{Detached, Gc, Isolate, Trace};
use tokio::runtime;
use tokio::sync::Mutex;
use tokio::task::yield_now;

use crate::outcome::Outcome;
use crate::vm::{Vm, VmOptions};

const THREADS: usize = 4;
const CLIENTS: usize = 100;
const REQUESTS: usize = 200;

/// What every session begins with: a room in which posts refer to each other, and to the room.
const PRELUDE: &str = r"
class Post {
  init(room, number) {
    this.room = room;
    this.number = number;
    this.previous = room.last;
    this.next = nil;
    if (this.previous != nil) this.previous.next = this;
    var post = this;
    fun total() {
      var sum = 0;
      for (var at = post; at != nil; at = at.previous) sum = sum + at.number;
      return sum;
    }
    this.total = total;
  }
}
class Room {
  init() {
    this.last = nil;
    this.count = 0;
  }
  post(number) {
    if (this.count == 40) {
      this.last = nil;
      this.count = 0;
    }
    this.last = Post(this, number);
    this.count = this.count + 1;
    return this.last.total();
  }
}
var room = Room();
";

/// What a client sends.
fn request(number: usize) -> String {
    format!("print room.post({number});")
}

/// What a session printed.
#[derive(Clone, Default)]
struct Printed(Arc<std::sync::Mutex<Vec<u8>>>);

impl Printed {
    /// Takes what was printed so far.
    fn take(&self) -> String {
        let bytes = mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A machine, and what it prints.
#[derive(Trace)]
#[trace(movable)]
struct Session {
    vm: RefCell<Vm>,
    #[trace(skip)]
    printed: Printed,
}

impl Session {
    fn new() -> Session {
        let printed = Printed::default();
        let output = || Box::new(printed.clone());
        let vm = RefCell::new(Vm::new(output(), output(), VmOptions::default()));
        let session = Session { vm, printed };
        session.run(PRELUDE);
        session
    }

    /// Runs a piece of a program; returns what it printed.
    fn run(&self, source: &str) -> String {
        let outcome = self.vm.borrow_mut().interpret(source);
        let printed = self.printed.take();
        assert!(matches!(outcome, Ok(Outcome::Success)), "{printed}");
        printed
    }

    /// The number that the answer to a request is.
    fn answer(&self, number: usize) -> u64 {
        self.run(&request(number)).trim().parse().expect("a number")
    }
}

/// What all clients were told together, and how often a session went to another thread.
#[derive(Debug, Default)]
struct Served {
    sum: AtomicU64,
    moves: AtomicUsize,
}

/// A session between two requests, and the thread that it was on.
struct Place {
    session: Option<Detached<Session>>,
    last: ThreadId,
}

impl Place {
    fn new() -> Place {
        let session = detach(Isolate::new(Session::new));
        Place { session: Some(session), last: thread::current().id() }
    }

    /// Serves a request, here and now: an isolate is never held across an `await`.
    fn serve(&mut self, number: usize, served: &Served) {
        let session = self.session.take().expect("it is put back").attach();
        let answer = session.enter(|session: &Gc<Session>| session.answer(number));
        self.session = Some(detach(session));
        served.sum.fetch_add(answer, Ordering::Relaxed);
        if mem::replace(&mut self.last, thread::current().id()) != thread::current().id() {
            served.moves.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The counts show that nothing of it stays on this thread.
fn detach(session: Isolate<Session>) -> Detached<Session> {
    session.detach().unwrap_or_else(|refused| panic!("{refused}"))
}

/// The sessions move to the threads of a runtime.
fn moving(served: &Arc<Served>) -> Duration {
    let runtime = runtime::Builder::new_multi_thread().worker_threads(THREADS).build();
    let runtime = runtime.expect("threads can be started");
    let places: Vec<_> = (0..CLIENTS).map(|_| Arc::new(Mutex::new(Place::new()))).collect();
    let start = Instant::now();
    let client = |place: &Arc<Mutex<Place>>| {
        let (place, served) = (Arc::clone(place), Arc::clone(served));
        runtime.spawn(async move {
            for number in 0..REQUESTS {
                place.lock().await.serve(number, &served);
                // The next client has its turn; the task may wake up on another thread.
                yield_now().await;
            }
        })
    };
    let clients: Vec<_> = places.iter().map(client).collect();
    for client in clients {
        runtime.block_on(client).expect("no request fails");
    }
    start.elapsed()
}

/// Every session stays on the thread that made it.
fn pinned(served: &Arc<Served>) -> Duration {
    let (made, ready) = mpsc::channel();
    let worker = |requests: mpsc::Receiver<(usize, usize)>, made: mpsc::Sender<()>| {
        let served = Arc::clone(served);
        move || {
            let clients = (0..CLIENTS).step_by(THREADS).map(|client| client / THREADS);
            let sessions: HashMap<usize, Session> =
                clients.map(|client| (client, Session::new())).collect();
            made.send(()).expect("somebody waits");
            for (client, number) in requests {
                let answer = sessions[&(client / THREADS)].answer(number);
                served.sum.fetch_add(answer, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                let (sender, receiver) = mpsc::channel();
                scope.spawn(worker(receiver, made.clone()));
                sender
            })
            .collect();
        for _ in &threads {
            ready.recv().expect("it is being made");
        }
        let start = Instant::now();
        for number in 0..REQUESTS {
            for client in 0..CLIENTS {
                threads[client % THREADS].send((client, number)).expect("it waits for requests");
            }
        }
        start
    })
    .elapsed()
}

fn main() {
    println!("{REQUESTS} requests of each of {CLIENTS} Lox sessions, {THREADS} threads");
    for (name, run) in [("moving", moving as fn(&Arc<Served>) -> Duration), ("pinned", pinned)] {
        let served = Arc::default();
        let time = run(&served);
        let each = time.as_nanos() / (CLIENTS * REQUESTS) as u128;
        let (sum, moves) =
            (served.sum.load(Ordering::Relaxed), served.moves.load(Ordering::Relaxed));
        println!("{name}: {each} nanoseconds a request, {moves} changes of thread, sum {sum}");
    }
}
