# Write two runs at least, each with an assert: one for staging and one for production.
# run "staging" {
#   assert {
#   }
# }
