/** Room `lang`. */
