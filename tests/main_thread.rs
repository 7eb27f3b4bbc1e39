//! What the main thread leaves on its heap at the end of the process: it is left to the
//! system if nobody can tell.
//!
//! The harness of `cargo test` keeps the main thread to itself. So this program is its own: it
//! runs itself again for each case, as a child whose main thread ends, and looks at what the
//! child says.

#![expect(
    clippy::mem_forget,
    clippy::std_instead_of_core,
    reason = "tests read like the code of users, and leave something behind"
)]

use std::cell::{Cell, RefCell};
use std::env;
use std::process::{self, Command};

use gcycle::{Finalize, Gc, Trace, Weak, gc, weak};

/// Tells a child which case it is.
const CHILD: &str = "GCYCLE_MAIN_THREAD";

/// Can be in a cycle, and its drop runs no code of the program.
#[derive(Trace, Default)]
struct Quiet {
    other: RefCell<Option<Gc<Quiet>>>,
    held: RefCell<Option<Gc<Loud>>>,
}

/// Says on standard output that it is dropped.
struct Voice(&'static str);

impl Drop for Voice {
    fn drop(&mut self) {
        println!("{}", self.0);
    }
}

#[derive(Trace)]
struct Loud {
    #[trace(skip)]
    _voice: Voice,
    own: RefCell<Option<Gc<Loud>>>,
}

/// Owns a value with a finalizer, and has none itself.
#[derive(Trace, Default)]
struct Owner {
    own: RefCell<Option<Gc<Owner>>>,
    value: RefCell<Option<Final>>,
}

#[derive(Trace, Default)]
#[trace(finalize)]
struct Final {
    own: RefCell<Option<Gc<Final>>>,
}

impl Finalize for Final {
    fn finalize(&self) {
        println!("finalized");
    }
}

/// Contains itself, through another type. Neither has a finalizer or a drop.
#[derive(Trace, Default)]
struct Expressions {
    own: RefCell<Option<Gc<Expressions>>>,
    statements: Vec<Statement>,
}

#[derive(Trace)]
struct Statement {
    expressions: Expressions,
    next: Option<Gc<Statement>>,
}

/// Calls its function in the destructor of a thread-local.
struct AtEnd(Cell<fn()>);

impl Drop for AtEnd {
    fn drop(&mut self) {
        (self.0.get())();
    }
}

thread_local! {
    static AT_END: AtEnd = const { AtEnd(Cell::new(|| ())) };
    static KEPT: RefCell<Vec<Gc<Quiet>>> = const { RefCell::new(Vec::new()) };
}

/// Lets `report` run when the heap has come to its end: the thread-local is registered
/// before the heap.
fn at_end(report: fn()) {
    AT_END.with(|at_end| at_end.0.set(report));
}

fn quiet_ring() -> Gc<Quiet> {
    let ring = Gc::new(Quiet::default());
    *ring.other.borrow_mut() = Some(ring.clone());
    ring
}

fn loud_ring(voice: &'static str) {
    let ring = Gc::new(Loud { _voice: Voice(voice), own: RefCell::new(None) });
    *ring.own.borrow_mut() = Some(ring.clone());
}

fn final_ring() {
    let ring = Gc::new(Final::default());
    *ring.own.borrow_mut() = Some(ring.clone());
}

fn report_collections() {
    let collections: u64 = gc::get_stats().iter().map(|stats| stats.collections).sum();
    println!("collections: {collections}, objects: {}", gc::memory().objects);
}

/// A case: its name, what the child is to say, and what it does.
type Case = (&'static str, &'static str, fn());

const CASES: &[Case] = &[
    ("a quiet heap is left as it is", "collections: 0, objects: 1001\n", || {
        at_end(report_collections);
        gc::disable();
        for _ in 0..1000 {
            drop(quiet_ring());
        }
        KEPT.with(|kept| kept.borrow_mut().push(quiet_ring()));
    }),
    ("a quiet heap is left as it is by exit", "collections: 0, objects: 2\n", || {
        at_end(report_collections);
        gc::disable();
        drop(quiet_ring());
        let _held = quiet_ring();
        process::exit(0);
    }),
    (
        "a heap of types that contain each other is left as it is",
        "collections: 0, objects: 1\n",
        || {
            at_end(report_collections);
            gc::disable();
            let ring = Gc::new(Expressions::default());
            ring.own.replace(Some(ring.clone()));
        },
    ),
    #[cfg(target_os = "linux")]
    ("another thread ends as always whatever its name", "collections: 2, objects: 0\n", || {
        let thread = std::thread::Builder::new().name("main".into());
        let run = || {
            at_end(report_collections);
            gc::disable();
            drop(quiet_ring());
        };
        thread.spawn(run).expect("a thread starts").join().expect("it ends");
        at_end(|| ());
    }),
    ("garbage whose drop can be noticed is dropped", "dropped\n", || {
        KEPT.with(|kept| kept.borrow_mut().push(quiet_ring()));
        loud_ring("dropped");
    }),
    ("what quiet garbage holds is dropped", "dropped\n", || {
        let ring = quiet_ring();
        let voice = Voice("dropped");
        let held = Gc::new(Loud { _voice: voice, own: RefCell::new(None) });
        *ring.held.borrow_mut() = Some(held);
    }),
    ("garbage with a finalizer is finalized", "finalized\n", || {
        KEPT.with(|kept| kept.borrow_mut().push(quiet_ring()));
        final_ring();
    }),
    ("garbage that contains a value with a finalizer is finalized", "finalized\n", || {
        KEPT.with(|kept| kept.borrow_mut().push(quiet_ring()));
        let ring = Gc::new(Owner::default());
        ring.value.replace(Some(Final::default()));
        ring.own.replace(Some(ring.clone()));
    }),
    ("a value without trace is dropped", "dropped\n", || {
        let ring = Gc::new((RefCell::new(None), Gc::new_untraced(Voice("dropped"))));
        *ring.0.borrow_mut() = Some(gcycle::unsize!(ring.clone() => dyn std::any::Any));
    }),
    ("a callback that waits for garbage is called", "called\n", || {
        let ring = quiet_ring();
        let weak: Weak<Quiet> = Gc::downgrade_with(&ring, || println!("called"));
        std::mem::forget(weak);
    }),
    ("a finalizer that is to run at exit runs", "finalized 3\n", || {
        let ring = quiet_ring();
        let _finalizer = weak::finalize(&ring, || println!("finalized {}", 3));
    }),
    ("whoever waits for collections is told of the last one", "told\n", || {
        drop(quiet_ring());
        let mut is_first = true;
        gc::add_callback(move |_, _| {
            if std::mem::take(&mut is_first) {
                println!("told");
            }
        });
    }),
    ("objects that die after the heap was left are gone", "gone\n", || {
        at_end(|| {
            let one = Gc::new(Quiet::default());
            let weak = Gc::downgrade(&one);
            drop(one);
            println!("{}", if weak.upgrade().is_none() { "gone" } else { "there" });
        });
        drop(quiet_ring());
    }),
    (
        "garbage with a finalizer that is made after the heap was left is finalized",
        "left\nfinalized\n",
        || {
            at_end(|| {
                println!("left");
                final_ring();
            });
            drop(quiet_ring());
        },
    ),
    (
        "garbage with a drop that is made after the heap was left is dropped",
        "left\ndropped\n",
        || {
            at_end(|| {
                println!("left");
                loud_ring("dropped");
            });
            drop(quiet_ring());
        },
    ),
    ("nothing runs in a program that leaks at exit", "the end\n", || {
        at_end(|| println!("the end"));
        KEPT.with(|kept| kept.borrow_mut().clear());
        gc::leak_at_exit();
        gc::disable();
        final_ring();
        loud_ring("dropped");
        let ring = quiet_ring();
        std::mem::forget(Gc::downgrade_with(&ring, || println!("called")));
        *ring.held.borrow_mut() =
            Some(Gc::new(Loud { _voice: Voice("dropped"), own: RefCell::new(None) }));
        // Its last handle is dropped after the heap came to its end.
        *ring.other.borrow_mut() = None;
        KEPT.with(|kept| kept.borrow_mut().push(ring));
        gc::add_callback(|_, _| println!("told"));
    }),
];

fn main() {
    if let Ok(case) = env::var(CHILD) {
        let (_, _, run) = CASES.iter().find(|(name, ..)| *name == case).expect("it is a case");
        return run();
    }
    if cfg!(any(miri, target_family = "wasm")) {
        return println!("main_thread: starts processes, which is not possible here");
    }
    for (name, expected, _) in CASES {
        let child = Command::new(env::current_exe().expect("this program is a file"));
        let output = { child }.env(CHILD, name).output().expect("it runs again");
        let said = String::from_utf8_lossy(&output.stdout).replace('\r', "");
        assert!(output.status.success(), "{name}: {output:?}");
        assert_eq!(said, *expected, "{name}");
        println!("{name} ... ok");
    }
}
