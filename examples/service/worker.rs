//! The worker: a thread with a heap of its own, which answers requests, and questions about
//! its heap in between.

use std::cell::RefCell;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use gcycle::inspect::{self, HeapSnapshot, HtmlPage, Metrics, Monitor, Recorder};
use gcycle::{Gc, Trace};

/// A user's session, which its requests refer back to.
#[derive(Trace)]
pub(crate) struct Session {
    user: String,
    requests: RefCell<Vec<Gc<Handled>>>,
}

/// A request that was answered.
#[derive(Trace)]
pub(crate) struct Handled {
    session: Gc<Session>,
    answer: String,
}

/// What the service knows.
#[derive(Trace)]
struct Service {
    /// The bug: sessions come in, and are never taken out.
    suspicious: RefCell<Vec<Gc<Session>>>,
}

/// A question about the heap, and where the answer goes.
enum Question {
    Page(Sender<Vec<u8>>),
    Metrics(Sender<String>),
}

/// The worker as others see it. It ends when this is dropped.
pub(crate) struct Worker {
    questions: Option<Sender<Question>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts a worker that takes a rest between two requests.
    pub(crate) fn start(rest: Duration) -> Worker {
        let (questions, asked) = channel();
        let thread = thread::spawn(move || work(rest, &asked));
        Worker { questions: Some(questions), thread: Some(thread) }
    }

    /// The page of its heap.
    pub(crate) fn page(&self) -> Option<Vec<u8>> {
        self.ask(Question::Page)
    }

    /// Its metrics, as Prometheus reads them.
    pub(crate) fn metrics(&self) -> Option<String> {
        self.ask(Question::Metrics)
    }

    /// `None` if the worker has ended.
    fn ask<T>(&self, question: fn(Sender<T>) -> Question) -> Option<T> {
        let (answer, answers) = channel();
        self.questions.as_ref()?.send(question(answer)).ok()?;
        answers.recv().ok()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Without anybody to ask it, it ends.
        self.questions.take();
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the worker ends without a panic");
        }
    }
}

fn work(rest: Duration, asked: &Receiver<Question>) {
    let service = Gc::new(Service { suspicious: RefCell::default() });
    inspect::name(&service, "the service");
    let monitor = Monitor::start();
    let recorder = Recorder::start(Duration::from_millis(200));
    for number in 0_u64.. {
        handle(&service, number);
        recorder.record_if_due();
        match asked.recv_timeout(rest) {
            Ok(question) => tell(question, &monitor, &recorder),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
}

/// Answers a request. Its session is a cycle, and garbage afterwards.
fn handle(service: &Service, number: u64) {
    let user = format!("user {}", number % 97);
    let session = Gc::new(Session { user, requests: RefCell::default() });
    for part in 0..=number % 5 {
        let answer = format!("{part} for {}", session.user);
        let handled = Gc::new(Handled { session: session.clone(), answer });
        session.requests.borrow_mut().push(handled);
    }
    let requests = session.requests.borrow();
    let is_suspicious = requests.iter().any(|handled| handled.answer.starts_with('4'));
    debug_assert!(requests.iter().all(|handled| Gc::ptr_eq(&handled.session, &session)));
    if is_suspicious && number % 50 == 4 {
        service.suspicious.borrow_mut().push(session.clone());
    }
}

fn tell(question: Question, monitor: &Monitor, recorder: &Recorder) {
    // Who asked may be gone.
    match question {
        Question::Metrics(answer) => {
            let labels = [("thread", "worker")];
            let text = Metrics::to_prometheus(&[(&labels, &monitor.sample())]);
            drop(answer.send(text));
        }
        Question::Page(answer) => {
            recorder.record();
            let recording = recorder.recording();
            let page = HtmlPage::new("The heap of the service").with_recording(&recording);
            let mut html = Vec::new();
            if HeapSnapshot::capture().to_html(&page, &mut html).is_ok() {
                drop(answer.send(html));
            }
        }
    }
}
