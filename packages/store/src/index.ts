/** Room `store`. */
