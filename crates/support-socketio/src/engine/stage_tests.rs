use super::*;

fn opened() -> (Stage, Instant) {
    (Stage::polling(), Instant::now())
}

#[test]
fn a_second_poll_or_post_is_one_too_many() {
    let (mut stage, now) = opened();
    assert_eq!(stage.poll(now), Arrival::Hold);
    assert_eq!(stage.poll(now), Arrival::Twice);
    stage.end_poll();
    assert_eq!(stage.poll(now), Arrival::Hold);
    assert_eq!(stage.post(), Ok(()));
    assert_eq!(stage.post(), Err((Error::BadRequest, true)));
    stage.end_post();
    assert_eq!(stage.post(), Ok(()));
}

#[test]
fn a_poll_that_waits_is_told_the_end_and_the_next_one_finds_nothing() {
    let (mut stage, now) = opened();
    stage.poll(now);
    assert_eq!(stage.leave(CloseReason::Noop, now), End::Now);
    assert_eq!(stage.waiting(), Waiting::Tell(CloseReason::Noop));
    assert!(stage.is_over() && !stage.is_forgotten());
    stage.end_poll();
    assert!(stage.is_forgotten());
    assert_eq!(stage.poll(now), Arrival::Refuse(Error::UnknownSession));
}

#[test]
fn a_poll_that_comes_after_the_end_is_told_once() {
    let (mut stage, now) = opened();
    assert_eq!(stage.leave(CloseReason::Noop, now), End::Now);
    assert_eq!(stage.watch(), Watch::Until(now));
    assert_eq!(stage.post(), Err((Error::UnknownSession, false)));
    assert_eq!(stage.poll(now), Arrival::Tell(CloseReason::Noop));
    assert_eq!(stage.poll(now), Arrival::Refuse(Error::UnknownSession));
    assert_eq!(stage.watch(), Watch::Over);
}

#[test]
fn a_session_ends_once() {
    let (mut stage, now) = opened();
    assert_eq!(stage.leave(CloseReason::Close, now), End::Now);
    assert_eq!(stage.leave(CloseReason::Noop, now), End::Before);
    assert_eq!(stage.stop(), End::Before);
    let (mut stage, _) = opened();
    assert_eq!(stage.stop(), End::Now);
    assert_eq!(stage.stop(), End::Before);
}

#[test]
fn a_client_that_may_have_paused_gets_noops_only() {
    let (mut stage, now) = opened();
    stage.poll(now);
    assert_eq!(stage.dial(), Dial::Upgrade);
    assert_eq!(stage.waiting(), Waiting::Look);
    stage.probe();
    assert_eq!(stage.waiting(), Waiting::NoopAt(now + HOLD));
    stage.cancel_upgrade();
    assert_eq!(stage.waiting(), Waiting::Look);
}

#[test]
fn who_has_moved_polls_no_more() {
    let (mut stage, now) = opened();
    stage.poll(now);
    assert_eq!(stage.dial(), Dial::Upgrade);
    stage.probe();
    assert!(stage.complete_upgrade());
    assert_eq!(stage.waiting(), Waiting::Refuse(Error::BadRequest));
    stage.end_poll();
    assert_eq!(stage.poll(now), Arrival::Refuse(Error::BadRequest));
    assert_eq!(stage.post(), Err((Error::BadRequest, false)));
    assert_eq!(stage.dial(), Dial::Surplus);
}

#[test]
fn there_is_one_upgrade_at_a_time() {
    let (mut stage, _) = opened();
    assert_eq!(stage.dial(), Dial::Upgrade);
    assert_eq!(stage.dial(), Dial::Surplus);
    stage.probe();
    assert_eq!(stage.dial(), Dial::Surplus);
    stage.cancel_upgrade();
    assert!(!stage.complete_upgrade());
    assert_eq!(stage.dial(), Dial::Upgrade);
}

#[test]
fn a_session_that_is_over_takes_no_websocket() {
    let (mut stage, now) = opened();
    stage.leave(CloseReason::Close, now);
    assert_eq!(stage.dial(), Dial::Refuse(Error::BadRequest));
    stage.stop();
    assert_eq!(stage.dial(), Dial::Refuse(Error::UnknownSession));
    let mut stage = Stage::websocket();
    assert_eq!(stage.dial(), Dial::Surplus);
    stage.stop();
    assert_eq!(stage.dial(), Dial::Refuse(Error::UnknownSession));
}

#[test]
fn what_the_server_says_last_goes_where_the_client_is() {
    let (mut stage, now) = opened();
    stage.poll(now);
    stage.dial();
    stage.probe();
    assert_eq!(stage.leave(CloseReason::Close, now), End::Now);
    assert_eq!(stage.waiting(), Waiting::NoopAt(now + HOLD));
    stage.end_poll();
    assert!(stage.complete_upgrade());
    assert_eq!(stage.stop(), End::Now);
    let (mut stage, _) = opened();
    stage.dial();
    stage.probe();
    stage.leave(CloseReason::Noop, now);
    assert!(!stage.complete_upgrade());
}

#[test]
fn a_poll_that_is_given_up_ends_the_session_unless_the_client_may_be_moving() {
    let (mut stage, now) = opened();
    stage.poll(now);
    assert!(stage.end_poll());
    stage.dial();
    stage.poll(now);
    assert!(stage.end_poll());
    stage.probe();
    stage.poll(now);
    assert!(!stage.end_poll());
    stage.poll(now);
    stage.complete_upgrade();
    assert!(!stage.end_poll());
}
