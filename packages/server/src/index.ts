/** Room `server`. */
