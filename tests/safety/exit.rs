//! The end of the process, and processes that part: each test runs this program
//! again, as a child that ends in its own way.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Output};
use std::rc::Rc;

use gcycle::{Gc, gc};

use crate::objects::{Node, Tally, node, ring};

thread_local! {
    static KEPT: RefCell<Vec<Gc<Node>>> = const { RefCell::new(Vec::new()) };
}

/// Runs test `name` of this file again with `GCYCLE_EXIT` set to `how`.
fn run(name: &str, how: &str) -> Output {
    Command::new(std::env::current_exe().expect("this program is a file"))
        .args([&format!("exit::{name}"), "--exact", "--nocapture", "--test-threads=1"])
        .env("GCYCLE_EXIT", how)
        .output()
        .expect("it runs again")
}

/// As [`run`]; the child ends as it should.
fn child(name: &str, how: &str) {
    let output = run(name, how);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{how}: {:?}\n{stderr}", output.status);
}

/// Leaves garbage, held cycles and panicking finalizers behind.
fn leave_something() {
    let tally: Rc<Tally> = Rc::default();
    drop(ring(&tally, 10));
    let held = ring(&tally, 10);
    held[0].on_finalize(|_| panic!("at the end"));
    held[1].on_finalize(|own| KEPT.with(|kept| kept.borrow_mut().push(own.clone())));
    KEPT.with(|kept| kept.borrow_mut().extend(held));
    std::mem::forget(node(&tally));
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a process, which wasm cannot")]
#[cfg_attr(miri, ignore = "starts a process, which Miri cannot")]
fn a_process_may_end_in_every_way_with_objects_alive() {
    match std::env::var("GCYCLE_EXIT").as_deref() {
        Ok("exit") => {
            leave_something();
            std::process::exit(0);
        }
        Ok("return") => leave_something(),
        Ok("threads") => {
            // The process ends while another thread uses its heap.
            let (sender, receiver) = std::sync::mpsc::channel();
            std::thread::spawn(move || {
                loop {
                    leave_something();
                    gc::collect();
                    sender.send(()).expect("somebody listens");
                }
            });
            for _ in 0..10 {
                receiver.recv().expect("the thread works");
            }
            std::process::exit(0);
        }
        _ => {
            for how in ["exit", "return", "threads"] {
                child("a_process_may_end_in_every_way_with_objects_alive", how);
            }
        }
    }
}

/// A rule of the language: the process is gone, whoever catches the first panic.
/// In a collection the drops of different objects do not meet.
#[test]
#[cfg_attr(target_family = "wasm", ignore = "starts a process, which wasm cannot")]
#[cfg_attr(miri, ignore = "starts a process, which Miri cannot")]
fn a_drop_that_panics_while_another_panic_unwinds_ends_the_process() {
    const NAME: &str = "a_drop_that_panics_while_another_panic_unwinds_ends_the_process";
    let tally: Rc<Tally> = Rc::default();
    let panicking = |message: &'static str| {
        let node = node(&tally);
        node.on_drop(move || panic!("{message}"));
        node
    };
    match std::env::var("GCYCLE_EXIT").as_deref() {
        Ok("unwinding") => {
            let node = panicking("the second");
            let result = catch_unwind(AssertUnwindSafe(move || {
                let _node = node;
                panic!("the first");
            }));
            println!("caught {}", result.is_err());
        }
        Ok("collecting") => {
            let nodes = [panicking("one"), panicking("another")];
            nodes[0].link(&nodes[1]);
            nodes[1].link(&nodes[0]);
            drop(nodes);
            let result = catch_unwind(gc::collect);
            println!("caught {}", result.is_err());
            assert_eq!(tally.dropped.get(), 2);
        }
        _ => {
            let output = run(NAME, "unwinding");
            assert!(!output.status.success(), "{:?}", output.status);
            assert!(!String::from_utf8_lossy(&output.stdout).contains("caught"));
            #[cfg(unix)]
            {
                use std::os::unix::process::ExitStatusExt as _;
                assert!(output.status.signal().is_some(), "{:?}", output.status);
            }
            let output = run(NAME, "collecting");
            assert!(output.status.success(), "{:?}", output.status);
            assert!(String::from_utf8_lossy(&output.stdout).contains("caught true"));
        }
    }
}

#[cfg(unix)]
unsafe extern "C" {
    fn fork() -> i32;
    fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
    fn _exit(status: i32) -> !;
}

/// A server loads what it needs, freezes it, and forks workers.
#[cfg(unix)]
#[test]
#[cfg_attr(miri, ignore = "starts a process, which Miri cannot")]
fn a_process_may_fork_after_freeze() {
    // In a child with one thread: a fork copies only the thread that forks.
    if std::env::var_os("GCYCLE_EXIT").is_none() {
        child("a_process_may_fork_after_freeze", "fork");
        return;
    }
    let tally: Rc<Tally> = Rc::default();
    let held = ring(&tally, 1000);
    drop(ring(&tally, 3));
    gc::freeze();
    for _ in 0..3 {
        // SAFETY: the child calls nothing that another thread could have been
        // in the middle of: the test program waits for this thread.
        let pid = unsafe { fork() };
        assert!(pid >= 0);
        if pid == 0 {
            let before = tally.dropped.get();
            drop(ring(&tally, 50));
            let is_right = gc::collect() == 50
                && tally.dropped.get() == before + 50
                && held[999].edges.borrow().len() == 1;
            gc::unfreeze();
            let is_right = is_right && gc::collect() == 3;
            // SAFETY: ends the process.
            unsafe { _exit(i32::from(!is_right)) }
        }
        let mut status = -1;
        // SAFETY: `status` is an integer of this function.
        assert_eq!(unsafe { waitpid(pid, &raw mut status, 0) }, pid);
        assert_eq!(status, 0, "the worker found everything in order");
    }
    gc::unfreeze();
    assert_eq!(gc::collect(), 3);
    drop(held);
    assert_eq!(gc::collect(), 1000);
}
