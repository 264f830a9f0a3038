//! Authentication as front ends see it, over the store in memory.
#![cfg(test)]

mod logins;
mod scene;
mod second_factors;
mod sign_in;
