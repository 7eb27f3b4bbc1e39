//! The example `service` serves the page and the metrics of a heap that is in use.

#![expect(clippy::std_instead_of_core, reason = "written as a user would write it")]

#[path = "../examples/service/hosts.rs"]
mod hosts;
#[path = "../examples/service/server.rs"]
mod server;
#[path = "../examples/service/worker.rs"]
mod worker;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use tiny_http::Server;

use hosts::Hosts;
use worker::Worker;

/// Asks for a page, and returns the head and the body of the answer.
fn get(address: SocketAddr, path: &str) -> (String, String) {
    ask(address, &format!("GET {path} HTTP/1.0\r\n\r\n"))
}

/// The same with whatever is asked.
fn ask(address: SocketAddr, request: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(stream, "{request}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

/// Runs the service while `test` asks it.
fn while_serving(test: impl FnOnce(SocketAddr)) {
    let server = Server::http("127.0.0.1:0").unwrap();
    let address = server.server_addr().to_ip().unwrap();
    thread::scope(|scope| {
        let hosts = Hosts::new(None);
        let server = &server;
        scope.spawn(move || server::serve(server, &Worker::start(Duration::ZERO), &hosts));
        test(address);
        server.unblock();
    });
}

fn number_in(metrics: &str, name: &str) -> f64 {
    let line = metrics.lines().find(|line| line.starts_with(name)).unwrap();
    line.rsplit_once(' ').unwrap().1.parse().unwrap()
}

#[test]
#[cfg_attr(miri, ignore = "it opens sockets")]
fn a_running_service_shows_its_heap() {
    while_serving(|address| {
        let (head, metrics) = get(address, "/metrics");
        assert!(head.starts_with("HTTP/1.0 200"), "{head}");
        assert!(head.contains("application/openmetrics-text"), "{head}");
        assert!(number_in(&metrics, "gcycle_objects{thread=\"worker\"} ") >= 1.0, "{metrics}");

        // The leak shows itself after some requests, whenever these are.
        let page = loop {
            let (head, page) = get(address, "/");
            assert!(head.starts_with("HTTP/1.0 200") && head.contains("text/html"), "{head}");
            assert!(page.starts_with("<!doctype html>"));
            if page.contains("suspicious[3]") {
                break page;
            }
        };
        assert!(page.contains("the service"), "the root has a name");
        assert!(page.contains("\"timeline\":"));

        let (head, _) = get(address, "/nothing");
        assert!(head.starts_with("HTTP/1.0 404"), "{head}");
    });
}

#[test]
#[cfg_attr(miri, ignore = "it opens sockets")]
fn a_client_that_reads_nothing_keeps_nobody_else_waiting() {
    while_serving(|address| {
        // More than fits on the way: the answers to these wait until somebody reads them.
        let mut slow = TcpStream::connect(address).unwrap();
        let requests = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(500);
        slow.write_all(requests.as_bytes()).unwrap();
        // Nor does one that never ends its request.
        let mut slower = TcpStream::connect(address).unwrap();
        slower.write_all(b"GET / HTTP/1.1\r\nHost: lo").unwrap();
        for path in ["/metrics", "/", "/metrics"].repeat(20) {
            let (head, _) = get(address, path);
            assert!(head.starts_with("HTTP/1.0 200"), "{head}");
        }
        drop((slow, slower));
    });
}

#[test]
#[cfg_attr(miri, ignore = "it opens sockets")]
fn a_request_to_another_host_is_refused() {
    while_serving(|address| {
        let ask_for = |hosts: &[&str]| {
            let hosts: Vec<String> = hosts.iter().map(|host| format!("Host: {host}\r\n")).collect();
            let hosts = hosts.concat();
            ask(address, &format!("GET / HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n"))
        };
        let port = address.port();
        for host in [format!("localhost:{port}"), format!("127.0.0.1:{port}"), "[::1]".into()] {
            let (head, page) = ask_for(&[&host]);
            assert!(head.starts_with("HTTP/1.1 200") && page.contains("<!doctype html>"), "{head}");
        }
        for hosts in [
            &["rebound.example"][..],
            &["localhost.example:8080"],
            &["127.0.0.1.example"],
            &["192.0.2.1"],
            &[""],
            &["localhost", "rebound.example"],
        ] {
            let (head, page) = ask_for(hosts);
            assert!(head.starts_with("HTTP/1.1 421") && !page.contains("doctype"), "{head}");
        }
    });
}

#[test]
fn who_gives_an_address_is_reached_at_its_name_and_at_numbers() {
    let hosts = Hosts::new(Some("Heap.internal:8080"));
    for named in ["heap.internal:8080", "heap.internal", "localhost", "192.0.2.1:8080", "[::1]:1"] {
        assert!(hosts.contains(named), "{named}");
    }
    for other in ["rebound.example", "heap.internal.example", "8080", ""] {
        assert!(!hosts.contains(other), "{other}");
    }
    assert!(Hosts::new(Some("[2001:db8::1]:80")).contains("[2001:DB8::1]"));
}
